package action

import (
	"context"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// What the fetch actions have in common.
func urlProperty(of string) map[string]any {
	return property("string", of+": relative to template.yaml (../ leads to what templates share), or the address of one in a repository of the forge (https://HOST/OWNER/REPO/tree/BRANCH/PATH).")
}

var tokenProperty = property("string", "Not supported: sources are read with the platform's own access.")

func noToken(input map[string]any) error {
	if text(input, "token", "") != "" {
		return fault.Inputf("token is not supported: the forge is reached with the platform's own access; leave it out")
	}
	return nil
}

func fetchPlain(h *Host) Action {
	return Action{
		ID:          "fetch:plain",
		Description: "Copies a directory into the workspace as it is; files that are there are replaced.",
		Schema: Schema{
			Input: object([]string{"url"}, map[string]any{
				"url":        urlProperty("Directory"),
				"targetPath": property("string", "Where in the workspace; default its root."),
				"token":      tokenProperty,
			}),
			Output: object(nil, map[string]any{}),
		},
		Examples: []Sample{{"Copy the directory ./docs of the template to documentation", `
- id: docs
  action: fetch:plain
  input:
    url: ./docs
    targetPath: documentation
`}},
		DryRun: true,
		Run:    h.fetchPlain,
	}
}

func (h *Host) fetchPlain(ctx context.Context, c *Call, input map[string]any) error {
	if err := noToken(input); err != nil {
		return err
	}
	target, err := inside(text(input, "targetPath", "."))
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
	if err := c.logf(ctx, "Fetching plain content from %s: %d files and directories", text(input, "url", ""), len(entries)); err != nil {
		return err
	}
	return write(ctx, c, target, entries, true)
}

func fetchPlainFile(h *Host) Action {
	return Action{
		ID:          "fetch:plain:file",
		Description: "Copies one file into the workspace as it is; one that is there is replaced.",
		Schema: Schema{
			Input: object([]string{"url", "targetPath"}, map[string]any{
				"url":        urlProperty("File"),
				"targetPath": property("string", "Path of the file in the workspace."),
				"token":      tokenProperty,
			}),
			Output: object(nil, map[string]any{}),
		},
		Examples: []Sample{{"Copy a licence", `
- id: licence
  action: fetch:plain:file
  input:
    url: ./licences/mit.txt
    targetPath: LICENSE
`}},
		DryRun: true,
		Run:    h.fetchPlainFile,
	}
}

func (h *Host) fetchPlainFile(ctx context.Context, c *Call, input map[string]any) error {
	if err := noToken(input); err != nil {
		return err
	}
	file, err := h.openFile(ctx, c, text(input, "url", ""))
	if err != nil {
		return err
	}
	if err := c.logf(ctx, "Fetching plain content from %s", text(input, "url", "")); err != nil {
		return err
	}
	file.path = text(input, "targetPath", "")
	return write(ctx, c, ".", []entry{file}, true)
}
