// Package lint checks a template before anybody uses it: template.yaml against
// its format, every step against its action, every expression for what it
// names, and then, after a dry run with example values, what the template
// makes: workflows, manifests, the catalog's descriptor.
package lint

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/client-go/rest"

	"github.com/pronto-platform/pronto/internal/platform/scaffold/action"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/expression"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/form"
)

// TemplateFile is the file that makes a directory a template.
const TemplateFile = "template.yaml"

// Rendered stands before the paths of files that the template made.
const Rendered = "rendered"

// IsRendered is true for a Finding's file that the template made.
func IsRendered(file string) bool { return strings.HasPrefix(file, Rendered+"/") }

// Finding is one thing that is wrong, and where.
type Finding struct {
	File    string `json:"file"` // relative to the template, or below Rendered
	Line    int    `json:"line"` // from 1
	Message string `json:"message"`
}

func (f Finding) String() string { return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Message) }

// Report is what Dir found.
type Report struct {
	Findings []Finding `json:"findings"`
	LeftOut  []string  `json:"leftOut"`  // what could not be checked, and why
	Rendered int       `json:"rendered"` // files that the dry run made
}

// Options say with what a template is tried.
type Options struct {
	Values  map[string]any // of the form; the form's defaults and examples stand in for the others
	Site    map[string]any // the site's values, environment.parameters
	Cluster *rest.Config   // asked whether it would take the manifests; nil: left out
	Keep    string         // directory that the rendered files are left in; empty: none
}

// linter is one template being checked.
type linter struct {
	options  Options
	source   action.Source
	document *document
	engine   *expression.Engine
	actions  map[string]action.Action
	report   Report
}

// Dir checks the template in a directory. The error is for what keeps it from
// being checked at all; what is wrong with the template is in the report.
func Dir(ctx context.Context, dir string, o Options) (Report, error) {
	source, err := sourceOf(dir)
	if err != nil {
		return Report{}, err
	}
	if o.Site, err = form.Clone(o.Site); err != nil {
		return Report{}, fmt.Errorf("the site's values: %w", err)
	}
	host, _ := o.Site["forgeHost"].(string)
	engine, err := expression.New([]string{host})
	if err != nil {
		return Report{}, err
	}
	l := &linter{options: o, source: source, engine: engine}
	l.actions = action.Builtin(&action.Host{Engine: engine, Hosts: []string{host}})
	l.report.Findings, l.report.LeftOut = []Finding{}, []string{}
	if err := l.check(ctx); err != nil {
		return Report{}, err
	}
	l.order()
	return l.report, nil
}

// sourceOf opens what a template may fetch from: the repository that the
// directory is in, or what lies beside it.
func sourceOf(dir string) (action.Source, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return action.Source{}, err
	}
	if _, err := os.Stat(filepath.Join(dir, TemplateFile)); err != nil {
		return action.Source{}, fmt.Errorf("%s is no template: %w", dir, err)
	}
	root := filepath.Dir(dir)
	for at := root; at != filepath.Dir(at); at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, ".git")); err == nil {
			root = at
			break
		}
	}
	name, err := filepath.Rel(root, dir)
	if err != nil {
		return action.Source{}, err
	}
	return action.Source{Files: os.DirFS(root), Dir: filepath.ToSlash(name)}, nil
}

func (l *linter) check(ctx context.Context) error {
	text, err := fs.ReadFile(l.source.Files, path.Join(l.source.Dir, TemplateFile))
	if err != nil {
		return fmt.Errorf("read the template: %w", err)
	}
	if l.document, err = parse(text); err != nil {
		var fault *yamlError
		if !errors.As(err, &fault) {
			return err
		}
		l.found(TemplateFile, fault.line, "%s", fault.message)
		return nil
	}
	if ok, err := l.format(); err != nil || !ok {
		return err
	}
	l.forms()
	l.steps()
	if err := l.expressions(ctx); err != nil {
		return err
	}
	if err := l.skeletons(); err != nil {
		return err
	}
	if slices.ContainsFunc(l.report.Findings, func(f Finding) bool { return f.File == TemplateFile }) {
		l.leftOut("what the template makes: %s is to be mended first", TemplateFile)
		return nil
	}
	return l.dryRun(ctx)
}

func (l *linter) found(file string, line int, format string, args ...any) {
	l.report.Findings = append(l.report.Findings, Finding{file, max(line, 1), fmt.Sprintf(format, args...)})
}

func (l *linter) leftOut(format string, args ...any) {
	l.report.LeftOut = append(l.report.LeftOut, fmt.Sprintf(format, args...))
}

func (l *linter) order() {
	slices.SortStableFunc(l.report.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	l.report.Findings = slices.Compact(l.report.Findings)
}
