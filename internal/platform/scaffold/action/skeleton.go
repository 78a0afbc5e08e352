package action

import (
	"context"
	"path"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/pronto-platform/pronto/internal/platform/fault"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/expression"
)

// rules say what of a skeleton is rendered.
type rules struct {
	raw       []string // patterns of what is copied as it is
	rawPaths  bool     // their paths too
	extension string   // if set, only these contents are rendered
	options   expression.Options
}

func rulesOf(input map[string]any) (rules, error) {
	r := rules{raw: texts(input, "copyWithoutTemplating"), options: optionsOf(input)}
	_, without := input["copyWithoutTemplating"]
	_, untouched := input["copyWithoutRender"]
	if without && untouched {
		return r, fault.Inputf("Fetch action input copyWithoutRender and copyWithoutTemplating can not be used at the same time")
	}
	if untouched {
		r.raw, r.rawPaths = texts(input, "copyWithoutRender"), true
	}
	for _, pattern := range r.raw {
		if !doublestar.ValidatePattern(pattern) {
			return r, fault.Inputf("pattern %q of the files to copy is not a pattern", pattern)
		}
	}
	r.extension = text(input, "templateFileExtension", "")
	if flag(input, "templateFileExtension") {
		r.extension = ".njk"
	}
	if r.extension == "" {
		return r, nil
	}
	if !strings.HasPrefix(r.extension, ".") {
		r.extension = "." + r.extension
	}
	if without || untouched || r.options.CookiecutterCompat {
		return r, fault.Inputf("Fetch action input extension incompatible with copyWithoutRender/copyWithoutTemplating and cookiecutterCompat")
	}
	return r, nil
}

// plan says what is rendered of one entry.
func (r rules) plan(e entry) (name string, path, content bool) {
	if r.extension != "" {
		if e.mode.IsRegular() && extension(e.path) == r.extension {
			return strings.TrimSuffix(e.path, r.extension), true, true
		}
		return e.path, true, false
	}
	raw := matches(r.raw, e.path)
	return e.path, !raw || !r.rawPaths, !raw
}

// extension is what path.Ext gives, except that a file which is called by
// nothing else has none.
func extension(p string) string {
	base := path.Base(p)
	if ext := path.Ext(base); ext != base {
		return ext
	}
	return ""
}

// matches follows globby: a directory stands for all below it, and a pattern
// that begins with ! takes back.
func matches(patterns []string, p string) bool {
	matched := false
	for _, pattern := range patterns {
		pattern, not := strings.CutPrefix(pattern, "!")
		pattern = strings.TrimSuffix(strings.TrimPrefix(pattern, "./"), "/")
		if doublestar.MatchUnvalidated(pattern, p) || doublestar.MatchUnvalidated(pattern+"/**", p) {
			matched = !not
		}
	}
	return matched
}

// requests are what the engine is asked to render, with the entry of each. A
// path that is not to be rendered stands as a raw block.
func (r rules) requests(entries []entry) (files []expression.File, literal []string) {
	for _, e := range entries {
		name, renderPath, renderContent := r.plan(e)
		if e.mode.IsDir() {
			name += "/"
		}
		file, kept := expression.File{Path: name}, ""
		if !renderPath {
			file.Path, kept = "", name
		}
		if renderContent && e.mode.IsRegular() && !binary(e.content) {
			content := string(e.content)
			file.Content = &content
		}
		files, literal = append(files, file), append(literal, kept)
	}
	return files, literal
}

// render renders paths and contents. A path that renders to nothing, or has an
// empty part, leaves its file out: that is how files are conditional.
func render(ctx context.Context, engine *expression.Engine, r rules, entries []entry, scope map[string]any) ([]entry, error) {
	files, literal := r.requests(entries)
	answers, err := engine.Files(ctx, files, scope, r.options)
	if err != nil {
		return nil, err
	}
	var rendered []entry
	for i, e := range entries {
		target := answers[i].Path
		if literal[i] != "" {
			target = literal[i]
		}
		if target == "" || strings.HasPrefix(target, "/") || strings.Contains(target, "//") {
			continue
		}
		if e.mode.IsRegular() && strings.HasSuffix(target, "/") {
			continue // its own name is empty
		}
		e.path = strings.TrimSuffix(target, "/")
		if answers[i].Content != nil {
			e.content = []byte(*answers[i].Content)
		}
		rendered = append(rendered, e)
	}
	return rendered, nil
}
