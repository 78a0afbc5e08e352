package action

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

const (
	maxWait    = 10 * time.Minute
	maxListing = 64 << 10 // bytes of the workspace that the log takes
)

func debugLog() Action {
	return Action{
		ID:          "debug:log",
		Description: "Writes a message, and on wish the files of the workspace, into the log.",
		Schema: Schema{
			Input: object(nil, map[string]any{
				"message": property("string", "To write."),
				"listWorkspace": map[string]any{"description": "List the workspace: true or with-filenames the names, with-contents the contents too.",
					"anyOf": []any{map[string]any{"type": "boolean"}, choice("", "with-filenames", "with-contents")}},
				"extra": map[string]any{"description": "Any value, written as JSON."},
			}),
			Output: object(nil, map[string]any{}),
		},
		Examples: []Sample{{"Write a message and the names of the files", `
- id: look
  action: debug:log
  input:
    message: Made for ${{ user.ref }}
    listWorkspace: true
`}},
		DryRun: true,
		Run:    logDebug,
	}
}

func logDebug(ctx context.Context, c *Call, input map[string]any) error {
	if message := text(input, "message", ""); message != "" {
		if err := c.logf(ctx, "%s", message); err != nil {
			return err
		}
	}
	if extra, ok := input["extra"]; ok {
		encoded, err := json.MarshalIndent(extra, "", "  ")
		if err != nil {
			return fmt.Errorf("extra: %w", err)
		}
		if err := c.logf(ctx, "%s", encoded); err != nil {
			return err
		}
	}
	variant := text(input, "listWorkspace", "")
	if !flag(input, "listWorkspace") && variant == "" {
		return nil
	}
	listing, err := list(c, variant == "with-contents")
	if err != nil {
		return err
	}
	return c.logf(ctx, "Workspace:\n%s", listing)
}

func list(c *Call, contents bool) (string, error) {
	var b strings.Builder
	err := inRoot(c, func(root *os.Root) error {
		return fs.WalkDir(root.FS(), ".", func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			if b.Len() > maxListing {
				b.WriteString("  - ... and more\n")
				return fs.SkipAll
			}
			fmt.Fprintf(&b, "  - %s\n", p)
			if info, err := d.Info(); err != nil || !contents || !info.Mode().IsRegular() || info.Size() > maxListing {
				return err
			}
			content, err := root.ReadFile(p)
			if err == nil && !binary(content) {
				fmt.Fprintf(&b, "\n%s\n", content)
			}
			return err
		})
	})
	if err != nil {
		return "", fmt.Errorf("list the workspace: %w", err)
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

func debugWait() Action {
	return Action{
		ID:          "debug:wait",
		Description: "Waits for a time, at most 10 minutes.",
		Schema: Schema{
			Input: object(nil, map[string]any{
				"minutes":      property("number", "To wait."),
				"seconds":      property("number", "To wait besides."),
				"milliseconds": property("number", "To wait besides."),
			}),
			Output: object(nil, map[string]any{}),
		},
		Examples: []Sample{{"Wait for 5 seconds", `
- id: wait
  action: debug:wait
  input:
    seconds: 5
`}},
		DryRun: true,
		Run: func(ctx context.Context, c *Call, input map[string]any) error {
			minutes := number(input, "minutes")*60 + number(input, "seconds") + number(input, "milliseconds")/1000
			wait := time.Duration(minutes * float64(time.Second))
			if minutes < 0 || minutes > maxWait.Seconds() {
				return fault.Inputf("Waiting duration is longer than the maximum threshold of %s, or negative", maxWait)
			}
			if err := c.logf(ctx, "Waiting for %s", wait); err != nil {
				return err
			}
			timer := time.NewTimer(wait)
			defer timer.Stop()
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-timer.C:
				return nil
			}
		},
	}
}
