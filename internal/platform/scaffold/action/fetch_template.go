package action

import (
	"context"
	"strings"

	"github.com/pronto-platform/pronto/internal/platform/fault"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/expression"
)

// renderProperties are the inputs of every action that renders files.
func renderProperties() map[string]any {
	return map[string]any{
		"values":             property("object", "Read by the files as values.NAME."),
		"cookiecutterCompat": property("boolean", "Read the values as cookiecutter.NAME between {{ and }}, with the filter jsonify."),
		"replace":            property("boolean", "Replace files that are there; default false: they stay."),
		"trimBlocks":         property("boolean", "Take away the first newline after a block."),
		"lstripBlocks":       property("boolean", "Take away blanks before a block."),
		"token":              tokenProperty,
	}
}

func fetchTemplate(h *Host) Action {
	return Action{
		ID:          "fetch:template",
		Description: "Copies a directory into the workspace and renders names and contents of its files. A name that renders to nothing leaves its file or directory out.",
		Schema: Schema{
			Input: object([]string{"url"}, with(renderProperties(), map[string]any{
				"url":                   urlProperty("Directory"),
				"targetPath":            property("string", "Where in the workspace; default its root."),
				"copyWithoutTemplating": listOf(property("string", ""), "Patterns of files whose content is copied as it is; their paths are rendered."),
				"copyWithoutRender":     listOf(property("string", ""), "Deprecated. Patterns of files whose path and content are copied as they are."),
				"templateFileExtension": oneOfTypes("Render only the contents of files that end so (true: .njk), and take the ending away.", "string", "boolean"),
			})),
			Output: object(nil, map[string]any{}),
		},
		Examples: []Sample{{"Render a skeleton and leave its workflows as they are", `
- id: fetch
  action: fetch:template
  input:
    url: ./skeleton
    targetPath: ./service
    copyWithoutTemplating: [.github/workflows/*]
    values:
      name: ${{ parameters.name }}
`}, {"Render only files that end with .njk", `
- id: fetch
  action: fetch:template
  input:
    url: ./skeleton
    templateFileExtension: true
    values:
      name: ${{ parameters.name }}
`}},
		DryRun: true,
		Run:    h.fetchTemplate,
	}
}

func (h *Host) fetchTemplate(ctx context.Context, c *Call, input map[string]any) error {
	if err := noToken(input); err != nil {
		return err
	}
	target, err := inside(text(input, "targetPath", "."))
	if err != nil {
		return err
	}
	rules, err := rulesOf(input)
	if err != nil {
		return err
	}
	root, err := h.open(ctx, c, text(input, "url", ""))
	if err != nil {
		return err
	}
	entries, err := readTree(ctx, root)
	if err != nil {
		return err
	}
	if err := c.logf(ctx, "Processing %d template files/directories with input values", len(entries)); err != nil {
		return err
	}
	rendered, err := render(ctx, h.Engine, rules, entries, scopeOf(input))
	if err != nil {
		return err
	}
	return write(ctx, c, target, rendered, flag(input, "replace"))
}

// Warm compiles what a fetch:template of this input is going to render.
func Warm(ctx context.Context, engine *expression.Engine, template Source, input map[string]any) error {
	if address := text(input, "url", ""); strings.Contains(address, "{") || strings.Contains(address, "://") {
		return nil // known only when a task runs
	}
	rules, err := rulesOf(input)
	if err != nil {
		return err
	}
	root, err := (&Host{Hosts: []string{""}}).open(ctx, &Call{Template: template}, text(input, "url", ""))
	if err != nil {
		return err
	}
	entries, err := readTree(ctx, root)
	if err != nil {
		return err
	}
	files, _ := rules.requests(entries)
	return engine.Warm(ctx, files, rules.options)
}

func fetchTemplateFile(h *Host) Action {
	return Action{
		ID:          "fetch:template:file",
		Description: "Renders one file into the workspace.",
		Schema: Schema{
			Input: object([]string{"url", "targetPath"}, with(renderProperties(), map[string]any{
				"url":        urlProperty("File"),
				"targetPath": property("string", "Path of the file in the workspace."),
			})),
			Output: object(nil, map[string]any{}),
		},
		Examples: []Sample{{"Render a descriptor", `
- id: descriptor
  action: fetch:template:file
  input:
    url: ./catalog-info.yaml.njk
    targetPath: catalog-info.yaml
    values:
      name: ${{ parameters.name }}
`}},
		DryRun: true,
		Run:    h.fetchTemplateFile,
	}
}

func (h *Host) fetchTemplateFile(ctx context.Context, c *Call, input map[string]any) error {
	if err := noToken(input); err != nil {
		return err
	}
	file, err := h.openFile(ctx, c, text(input, "url", ""))
	if err != nil {
		return err
	}
	if err := c.logf(ctx, "Processing template file %s with input values", text(input, "url", "")); err != nil {
		return err
	}
	if !binary(file.content) {
		content := string(file.content)
		answer, err := h.Engine.Files(ctx, []expression.File{{Path: "", Content: &content}}, scopeOf(input), optionsOf(input))
		if err != nil {
			return fault.Inputf("%s%v", text(input, "url", ""), err)
		}
		file.content = []byte(*answer[0].Content)
	}
	file.path = text(input, "targetPath", "")
	return write(ctx, c, ".", []entry{file}, flag(input, "replace"))
}

// scopeOf is what the files read.
func scopeOf(input map[string]any) map[string]any {
	values, _ := input["values"].(map[string]any)
	if flag(input, "cookiecutterCompat") {
		return map[string]any{"cookiecutter": values}
	}
	return map[string]any{"values": values}
}

func optionsOf(input map[string]any) expression.Options {
	return expression.Options{
		TrimBlocks: flag(input, "trimBlocks"), LstripBlocks: flag(input, "lstripBlocks"),
		CookiecutterCompat: flag(input, "cookiecutterCompat"),
	}
}
