package lint

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/rhysd/actionlint"
	yamlv3 "go.yaml.in/yaml/v3"

	"github.com/pronto-platform/pronto/internal/platform/catalog"
)

// leftover is an expression of the template in a file that it made. One of
// parameters may be meant: a template can make another one.
var leftover = regexp.MustCompile(`\$\{\{-?\s*values\b`)

// tree checks the files that the template made.
func (l *linter) tree(ctx context.Context, files fs.FS) error {
	var manifests []manifest
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		l.report.Rendered++
		if found := leftover.FindIndex(content); found != nil {
			l.found(path.Join(Rendered, name), lineAt(content, found[0]), "an expression of the template was not rendered")
		}
		here, err := l.file(name, content)
		manifests = append(manifests, here...)
		return err
	})
	if err != nil {
		return fmt.Errorf("read what was rendered: %w", err)
	}
	return l.manifests(ctx, manifests)
}

// file checks one file by what its name says it is, and returns what it would
// apply to a cluster.
func (l *linter) file(name string, content []byte) ([]manifest, error) {
	dir, base := path.Split(name)
	switch ext := path.Ext(name); {
	case ext == ".json":
		l.jsonFile(name, content)
	case ext != ".yaml" && ext != ".yml":
	case dir == ".github/workflows/":
		return nil, l.workflow(name, content)
	case base == "catalog-info.yaml":
		l.descriptor(name, content)
	default:
		documents := l.yamlFile(name, content)
		if strings.HasPrefix(name, "deploy/") {
			return documents, nil
		}
	}
	return nil, nil
}

func lineAt(content []byte, offset int) int {
	return 1 + bytes.Count(content[:min(offset, len(content))], []byte{'\n'})
}

func (l *linter) jsonFile(name string, content []byte) {
	var value any
	err := json.Unmarshal(content, &value)
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		l.found(path.Join(Rendered, name), lineAt(content, int(syntax.Offset)), "%v", err)
	case err != nil:
		l.found(path.Join(Rendered, name), 1, "%v", err)
	}
}

// yamlFile reads the documents of a file, each a manifest if it has a kind.
func (l *linter) yamlFile(name string, content []byte) []manifest {
	var documents []manifest
	for decoder := yamlv3.NewDecoder(bytes.NewReader(content)); ; {
		var node yamlv3.Node
		err := decoder.Decode(&node)
		if errors.Is(err, io.EOF) {
			return documents
		}
		var value map[string]any
		if err == nil && node.Content[0].Kind == yamlv3.MappingNode {
			err = node.Decode(&value)
		}
		if err != nil {
			fault := faultOf(err)
			l.found(path.Join(Rendered, name), fault.line, "%s", fault.message)
			return documents
		}
		documents = append(documents, manifest{file: path.Join(Rendered, name), node: &node, object: value})
	}
}

func (l *linter) workflow(name string, content []byte) error {
	linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{})
	if err != nil {
		return fmt.Errorf("check workflows: %w", err)
	}
	faults, err := linter.Lint(name, content, nil)
	if err != nil {
		return fmt.Errorf("check workflow %s: %w", name, err)
	}
	for _, fault := range faults {
		l.found(path.Join(Rendered, name), fault.Line, "%s [%s]", fault.Message, fault.Kind)
	}
	return nil
}

func (l *linter) descriptor(name string, content []byte) {
	documents := l.yamlFile(name, content)
	entities, err := catalog.Decode(content)
	if err != nil {
		l.found(path.Join(Rendered, name), 1, "%s", oneLine(err))
		return
	}
	for i, entity := range entities {
		for _, problem := range catalog.Problems(entity) {
			line := 1
			if i < len(documents) {
				line = (&document{root: documents[i].node}).line(fieldOf(problem)...)
			}
			l.found(path.Join(Rendered, name), line, "%s", problem)
		}
	}
}
