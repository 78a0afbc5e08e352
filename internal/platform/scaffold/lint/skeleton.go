package lint

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pronto-platform/pronto/internal/platform/scaffold/form"
)

// skeletons looks for values that a file reads and its step does not give:
// they would render to nothing, without a word.
func (l *linter) skeletons() error {
	for i, s := range l.document.steps {
		url := form.Text(s.Input, "url", "")
		if s.Action != "fetch:template" || hasExpression(url) || strings.Contains(url, "://") {
			continue
		}
		dir := path.Join(l.source.Dir, url)
		line := l.document.line("spec", "steps", strconv.Itoa(i), "input", "url")
		if path.IsAbs(url) || !fs.ValidPath(dir) {
			l.found(TemplateFile, line, "url %q leads out of where the template comes from", url)
			continue
		}
		values, given := s.Input["values"].(map[string]any)
		if !given && s.Input["values"] != nil {
			continue // an expression gives them
		}
		if err := l.skeleton(dir, line, s.ID, values); err != nil {
			return err
		}
	}
	return nil
}

func (l *linter) skeleton(dir string, line int, id string, values map[string]any) error {
	err := fs.WalkDir(l.source.Files, dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		content, err := fs.ReadFile(l.source.Files, name)
		if err != nil {
			return err
		}
		file := l.relative(name)
		l.valuesOf(path.Base(name), file, id, values)
		if utf8.Valid(content) {
			l.valuesOf(string(content), file, id, values)
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		l.found(TemplateFile, line, "there is no directory %s", l.relative(dir))
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the skeleton: %w", err)
	}
	return nil
}

func (l *linter) valuesOf(text, file, id string, values map[string]any) {
	for i, line := range strings.Split(joinMarkers(unraw(text)), "\n") {
		for _, r := range references(line) {
			if r.root != "values" || len(r.path) == 0 {
				continue
			}
			if _, ok := values[r.path[0]]; !ok {
				l.found(file, i+1, "%s: the step %s gives no value %s; it gives %s",
					r, id, r.path[0], strings.Join(slices.Sorted(maps.Keys(values)), ", "))
			}
		}
	}
}

// joinMarkers brings an expression of several lines onto its first, and keeps
// the count of lines.
func joinMarkers(text string) string {
	return markers.ReplaceAllStringFunc(text, func(marked string) string {
		return strings.ReplaceAll(marked, "\n", " ") + strings.Repeat("\n", strings.Count(marked, "\n"))
	})
}

// relative is a path of the source as seen from the template.
func (l *linter) relative(name string) string {
	seen, err := filepath.Rel(filepath.FromSlash(l.source.Dir), filepath.FromSlash(name))
	if err != nil {
		return name
	}
	return filepath.ToSlash(seen)
}
