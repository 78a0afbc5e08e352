package action

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/pronto-platform/pronto/internal/platform/catalog"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/fault"
)

func catalogRegister(h *Host) Action {
	return Action{
		ID:          "catalog:register",
		Description: "Registers a descriptor in the catalog.",
		Schema: Schema{
			Input: object(nil, map[string]any{
				"catalogInfoUrl":  property("string", "Address of the descriptor."),
				"repoContentsUrl": property("string", "Address of a repository's files, as publish:github gives it."),
				"catalogInfoPath": property("string", "Descriptor below repoContentsUrl; default /catalog-info.yaml."),
				"optional":        property("boolean", "Go on if it cannot be registered."),
			}),
			Output: object(nil, map[string]any{
				"entityRef":      property("string", "Of the entity that the descriptor is about."),
				"catalogInfoUrl": property("string", "Address that was registered."),
			}),
		},
		Run: h.register,
	}
}

func (h *Host) register(ctx context.Context, c *Call, input map[string]any) error {
	target := text(input, "catalogInfoUrl", "")
	if target == "" {
		base := text(input, "repoContentsUrl", "")
		if base == "" {
			return fault.Inputf("catalog:register needs catalogInfoUrl or repoContentsUrl")
		}
		target = strings.TrimSuffix(base, "/") + "/" + strings.TrimPrefix(text(input, "catalogInfoPath", "/catalog-info.yaml"), "/")
	}
	if err := c.logf(ctx, "Registering %s in the catalog", target); err != nil {
		return err
	}
	registration, err := h.registerLocation(ctx, c, target)
	if err != nil {
		if flag(input, "optional") {
			return c.logf(ctx, "It was not registered: %v", err)
		}
		return fmt.Errorf("register %s: %w", target, err)
	}
	c.Output["catalogInfoUrl"] = target
	if ref := mainEntity(registration.Entities); ref != "" {
		c.Output["entityRef"] = ref
	}
	return nil
}

// registerLocation registers a target; one that was registered before is not
// of this task's making.
func (h *Host) registerLocation(ctx context.Context, c *Call, target string) (catalog.Registration, error) {
	thing := Thing{Kind: KindLocation, Name: target, URL: target}
	_, mine, err := c.Ledger.Find(ctx, thing.Kind, thing.Name)
	if err != nil {
		return catalog.Registration{}, err
	}
	if !mine {
		before, err := h.Catalog.Locations(ctx)
		if err != nil {
			return catalog.Registration{}, err
		}
		if slices.ContainsFunc(before, func(l catalog.Location) bool { return l.Target == target }) {
			return h.Catalog.Register(ctx, target)
		}
		if err := c.Ledger.Intend(ctx, thing); err != nil {
			return catalog.Registration{}, err
		}
	}
	ctx, done := seeThrough(ctx)
	defer done()
	registration, err := h.Catalog.Register(ctx, target)
	if err != nil {
		return registration, errors.Join(err, c.Ledger.Forget(ctx, thing))
	}
	thing.ID = registration.LocationID
	return registration, c.Ledger.Made(ctx, thing)
}

// mainEntity prefers a component that was not generated, as Backstage does.
func mainEntity(entities []catalog.Entity) string {
	for _, e := range entities {
		if e.Kind == "Component" && !strings.HasPrefix(e.Metadata.Name, "generated-") {
			return e.Ref().String()
		}
	}
	for _, e := range entities {
		if !strings.HasPrefix(e.Metadata.Name, "generated-") {
			return e.Ref().String()
		}
	}
	return ""
}

func catalogWrite() Action {
	return Action{
		ID:          "catalog:write",
		Description: "Writes a descriptor into the workspace.",
		Schema: Schema{
			Input: object([]string{"entity"}, map[string]any{
				"filePath": property("string", "Default catalog-info.yaml."),
				"entity":   property("object", "The entity."),
			}),
			Output: object(nil, map[string]any{}),
		},
		Run: func(_ context.Context, c *Call, input map[string]any) error {
			name, err := inside(text(input, "filePath", "catalog-info.yaml"))
			if err != nil {
				return err
			}
			content, err := yaml.Marshal(input["entity"])
			if err != nil {
				return err
			}
			return writeFiles(c.Workspace, ".", []source{{target: name, content: content, mode: 0o644}}, true)
		},
	}
}

func debugLog() Action {
	return Action{
		ID:          "debug:log",
		Description: "Writes a message, and on wish the names of the files, into the log.",
		Schema: Schema{
			Input: object(nil, map[string]any{
				"message":       property("string", "To write."),
				"listWorkspace": map[string]any{"type": []string{"boolean", "string"}, "description": "List the files too."},
				"extra":         property("object", "Not used."),
			}),
			Output: object(nil, map[string]any{}),
		},
		Run: func(ctx context.Context, c *Call, input map[string]any) error {
			if message := text(input, "message", ""); message != "" {
				if err := c.logf(ctx, "%s", message); err != nil {
					return err
				}
			}
			if !flag(input, "listWorkspace") && text(input, "listWorkspace", "") == "" {
				return nil
			}
			names, err := listFiles(c.Workspace)
			if err != nil {
				return err
			}
			return c.logf(ctx, "Workspace:\n%s", strings.Join(names, "\n"))
		},
	}
}

func fsDelete() Action {
	return Action{
		ID:          "fs:delete",
		Description: "Deletes files and directories of the workspace.",
		Schema: Schema{
			Input:  object([]string{"files"}, map[string]any{"files": listOf(property("string", ""), "Their paths.")}),
			Output: object(nil, map[string]any{}),
		},
		Run: func(_ context.Context, c *Call, input map[string]any) error {
			return inRoot(c, func(root *os.Root) error {
				for _, file := range texts(input, "files") {
					name, err := inside(file)
					if err != nil {
						return err
					}
					if err := root.RemoveAll(name); err != nil {
						return fmt.Errorf("delete %s: %w", file, err)
					}
				}
				return nil
			})
		},
	}
}

func fsRename() Action {
	item := object([]string{"from", "to"}, map[string]any{
		"from": property("string", "Path now."), "to": property("string", "Path then."),
		"overwrite": property("boolean", "Replace what is there; default false."),
	})
	return Action{
		ID:          "fs:rename",
		Description: "Renames files and directories of the workspace.",
		Schema: Schema{
			Input: object([]string{"files"}, map[string]any{"files": listOf(item, "What to rename.")}), Output: object(nil, map[string]any{}),
		},
		Run: func(_ context.Context, c *Call, input map[string]any) error {
			files, _ := input["files"].([]any)
			return inRoot(c, func(root *os.Root) error {
				for _, f := range files {
					if file, ok := f.(map[string]any); ok {
						if err := rename(root, file); err != nil {
							return err
						}
					}
				}
				return nil
			})
		},
	}
}

// rename does nothing where a run that was cut off has renamed already.
func rename(root *os.Root, file map[string]any) error {
	from, err := inside(text(file, "from", ""))
	if err != nil {
		return err
	}
	to, err := inside(text(file, "to", ""))
	if err != nil {
		return err
	}
	_, fromErr := root.Lstat(from)
	_, toErr := root.Lstat(to)
	switch {
	case fromErr != nil && toErr == nil:
		return nil
	case toErr == nil && !flag(file, "overwrite"):
		return fault.Inputf("rename %s: %s is there already", from, to)
	}
	if err := root.MkdirAll(path.Dir(to), 0o755); err != nil {
		return fmt.Errorf("rename %s: %w", from, err)
	}
	if err := root.Rename(from, to); err != nil {
		return fmt.Errorf("rename %s: %w", from, err)
	}
	return nil
}

func inRoot(c *Call, work func(*os.Root) error) error {
	root, err := os.OpenRoot(c.Workspace)
	if err != nil {
		return fmt.Errorf("open the workspace: %w", err)
	}
	defer root.Close()
	return work(root)
}
