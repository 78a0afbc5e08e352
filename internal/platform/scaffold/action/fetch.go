package action

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/pronto-platform/pronto/internal/platform/scaffold/expression"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/fault"
)

// maxSkeleton bounds what one fetch reads.
const maxSkeleton = 32 << 20

func fetchTemplate(h *Host) Action {
	return Action{
		ID:          "fetch:template",
		Description: "Copies a directory of the template into the workspace and renders names and contents of its files.",
		Schema: Schema{
			Input: object([]string{"url"}, map[string]any{
				"url":                   property("string", "Directory, relative to template.yaml; ../ leads to what templates share."),
				"targetPath":            property("string", "Where in the workspace; default its root."),
				"values":                property("object", "Read by the files as values.<name>."),
				"copyWithoutTemplating": listOf(property("string", ""), "Patterns of files whose content is copied as it is."),
				"copyWithoutRender":     listOf(property("string", ""), "Patterns of files whose name and content are copied as they are."),
				"templateFileExtension": map[string]any{"type": []string{"string", "boolean"}, "description": "Render only files that end so (true: .njk), and take the ending away."},
				"replace":               property("boolean", "Replace files that are there."),
				"trimBlocks":            property("boolean", "Take away the first newline after a block."),
				"lstripBlocks":          property("boolean", "Take away blanks before a block."),
			}),
			Output: object(nil, map[string]any{}),
		},
		Run: h.fetch,
	}
}

// source is a file of a skeleton before it is rendered.
type source struct {
	path    string
	content []byte
	mode    fs.FileMode
	target  string // set if the path is not to be rendered
	raw     bool   // the content is not to be rendered
}

func (h *Host) fetch(ctx context.Context, c *Call, input map[string]any) error {
	// As in Backstage a url may lead to what lies beside the template, so that
	// templates share files; it cannot lead out of their source.
	directory := path.Join(c.Template.Dir, text(input, "url", ""))
	if path.IsAbs(text(input, "url", "")) || !fs.ValidPath(directory) {
		return fault.Inputf("url %q leads out of where the template comes from", text(input, "url", ""))
	}
	target, err := inside(text(input, "targetPath", "."))
	if err != nil {
		return err
	}
	files, err := readSkeleton(c.Template.Files, directory, input)
	if err != nil {
		return err
	}
	if err := c.logf(ctx, "Fetching and rendering %d files of %s", len(files), directory); err != nil {
		return err
	}
	values, _ := input["values"].(map[string]any)
	rendered, err := h.renderSkeleton(ctx, files, map[string]any{"values": values}, optionsOf(input))
	if err != nil {
		return err
	}
	return writeFiles(c.Workspace, target, rendered, flag(input, "replace"))
}

func readSkeleton(templates fs.FS, directory string, input map[string]any) ([]source, error) {
	root, err := fs.Sub(templates, directory)
	if err != nil {
		return nil, err
	}
	raw, untouched := texts(input, "copyWithoutTemplating"), texts(input, "copyWithoutRender")
	if len(raw) > 0 && len(untouched) > 0 {
		return nil, fault.Inputf("copyWithoutTemplating and copyWithoutRender cannot be used together")
	}
	ending := text(input, "templateFileExtension", "")
	if flag(input, "templateFileExtension") {
		ending = ".njk"
	}
	var files []source
	total := 0
	err = fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		file, err := readSource(root, p, d)
		if err != nil {
			return err
		}
		if total += len(file.content); total > maxSkeleton {
			return fault.Inputf("the skeleton %s has more than %d bytes", directory, maxSkeleton)
		}
		file.raw = binary(file.content) || matches(raw, p) || matches(untouched, p) || !strings.HasSuffix(p, ending)
		file.path = strings.TrimSuffix(p, ending)
		if matches(untouched, p) {
			file.target = p
		}
		files = append(files, file)
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.NotFoundf("the template has no directory %s", directory)
	}
	return files, err
}

// Warm compiles what a fetch:template of this input is going to render.
func Warm(ctx context.Context, engine *expression.Engine, template Source, input map[string]any) error {
	files, err := readSkeleton(template.Files, path.Join(template.Dir, text(input, "url", "")), input)
	if err != nil {
		return err
	}
	return engine.Warm(ctx, requestsOf(files), optionsOf(input))
}

func readSource(root fs.FS, p string, d fs.DirEntry) (source, error) {
	info, err := d.Info()
	if err != nil {
		return source{}, err
	}
	content, err := fs.ReadFile(root, p)
	if err != nil {
		return source{}, err
	}
	return source{path: p, content: content, mode: modeOf(info.Mode(), content)}, nil
}

// modeOf keeps the executable bit. An embedded file system has none: there a
// script says by its first line that it is one.
func modeOf(mode fs.FileMode, content []byte) fs.FileMode {
	if mode&0o111 != 0 || (mode&0o222 == 0 && bytes.HasPrefix(content, []byte("#!"))) {
		return 0o755
	}
	return 0o644
}

func binary(content []byte) bool {
	return bytes.IndexByte(content, 0) >= 0 || !utf8.Valid(content)
}

func matches(patterns []string, p string) bool {
	for _, pattern := range patterns {
		pattern = strings.TrimPrefix(pattern, "./")
		if ok, err := doublestar.Match(pattern, p); err == nil && ok {
			return true
		}
		if ok, err := doublestar.Match(pattern+"/**", p); err == nil && ok {
			return true // a directory stands for all below it
		}
	}
	return false
}

func optionsOf(input map[string]any) expression.Options {
	return expression.Options{TrimBlocks: flag(input, "trimBlocks"), LstripBlocks: flag(input, "lstripBlocks")}
}

func requestsOf(files []source) []expression.File {
	requests := make([]expression.File, len(files))
	for i, file := range files {
		requests[i].Path = file.path
		if !file.raw {
			content := string(file.content)
			requests[i].Content = &content
		}
	}
	return requests
}

// renderSkeleton renders paths and contents. A path that renders to nothing,
// or has an empty part, leaves its file out: that is how files are conditional.
func (h *Host) renderSkeleton(ctx context.Context, files []source, scope map[string]any, o expression.Options) ([]source, error) {
	answers, err := h.Engine.Files(ctx, requestsOf(files), scope, o)
	if err != nil {
		return nil, err
	}
	var rendered []source
	for i, file := range files {
		if file.target == "" {
			file.target = answers[i].Path
		}
		if file.target == "" || strings.HasPrefix(file.target, "/") || strings.HasSuffix(file.target, "/") || strings.Contains(file.target, "//") {
			continue
		}
		if answers[i].Content != nil {
			file.content = []byte(*answers[i].Content)
		}
		rendered = append(rendered, file)
	}
	return rendered, nil
}

// writeFiles writes into the workspace, which nothing leaves: os.Root refuses
// what goes outside, by ".." or by a link.
func writeFiles(workspace, target string, files []source, replace bool) error {
	root, err := os.OpenRoot(workspace)
	if err != nil {
		return fmt.Errorf("open the workspace: %w", err)
	}
	defer root.Close()
	for _, file := range files {
		name, err := inside(file.target)
		if err != nil {
			return err
		}
		if err := writeFile(root, path.Join(target, name), file, replace); err != nil {
			return err
		}
	}
	return nil
}

// writeFile writes whole files only: what a crash left half-written has
// another name.
func writeFile(root *os.Root, name string, file source, replace bool) error {
	if _, err := root.Lstat(name); err == nil && !replace {
		return nil
	}
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	half := name + ".pronto-half"
	if err := root.WriteFile(half, file.content, file.mode); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := root.Chmod(half, file.mode); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := root.Rename(half, name); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}
