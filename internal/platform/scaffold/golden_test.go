package scaffold

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pronto-platform/pronto/internal/platform/catalog"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/action"
)

// The trees and outputs below testdata/golden were written by hand after
// Backstage's documented rules; nothing there was recorded.
const goldenDir = "testdata/golden"

// goldenTask is what a template's task gets besides values.json.
type goldenTask struct {
	User       string            `json:"user"`
	Secrets    map[string]string `json:"secrets"`
	Log        []string          `json:"log"`        // lines that it must have
	LogWithout []string          `json:"logWithout"` // texts that no line may have
}

func TestEveryGoldenTemplateGivesTheTreeThatBackstageSays(t *testing.T) {
	w := newWorld(t, os.DirFS(goldenDir))
	s, _ := w.start(t)
	trees := keepTrees(s)
	s.actions["acme:shout"] = shout()
	ana := catalog.Entity{APIVersion: "backstage.io/v1alpha1", Kind: "User", Spec: map[string]any{
		"memberOf": []any{}, "profile": map[string]any{"email": "ana@example.com"}}}
	ana.Metadata.Name = "ana"
	if err := w.catalog.Upsert(t.Context(), ana); err != nil {
		t.Fatal(err)
	}
	names, err := os.ReadDir(goldenDir)
	if err != nil || len(names) < 25 {
		t.Fatalf("%d golden templates, %v; want at least 25", len(names), err)
	}
	for _, name := range names {
		t.Run(name.Name(), func(t *testing.T) {
			dir := filepath.Join(goldenDir, name.Name())
			var values, output map[string]any
			var with goldenTask
			readJSON(t, filepath.Join(dir, "values.json"), &values)
			readJSON(t, filepath.Join(dir, "output.json"), &output)
			readJSON(t, filepath.Join(dir, "task.json"), &with)
			task, err := s.Create(t.Context(), CreateRequest{TemplateRef: name.Name(), Values: values, Secrets: with.Secrets, CreatedBy: with.User})
			if err != nil {
				t.Fatal(err)
			}
			task = w.ended(t, task.ID)
			log := messages(t, s, task.ID)
			if task.Status != StatusCompleted {
				t.Fatalf("the task is %s: %s\n%q", task.Status, task.Error, log)
			}
			if !reflect.DeepEqual(task.Output, output) {
				t.Errorf("output %s\nwant   %s", encode(task.Output), encode(output))
			}
			sameTree(t, trees(task.ID), treeOf(t, filepath.Join(dir, "want")))
			for _, line := range with.Log {
				if !slices.Contains(log, line) {
					t.Errorf("the log lacks %q: %q", line, log)
				}
			}
			for _, text := range with.LogWithout {
				if strings.Contains(strings.Join(log, "\n"), text) {
					t.Errorf("the log has %q: %q", text, log)
				}
			}
		})
	}
}

// shout is an action that a site adds.
func shout() action.Action {
	return action.Action{
		ID: "acme:shout", Schema: action.Schema{Input: map[string]any{"type": "object", "required": []any{"text"},
			"properties": map[string]any{"text": map[string]any{"type": "string"}, "times": map[string]any{"type": "integer"}}}},
		Run: func(_ context.Context, c *action.Call, input map[string]any) error {
			times := input["times"].(float64)
			c.Output["text"] = strings.ToUpper(input["text"].(string)) + strings.Repeat("!", int(times))
			c.Output["times"] = times
			return nil
		},
	}
}

// keepTrees makes every action keep what the workspace holds after it: a task
// that has ended has none.
func keepTrees(s *Service) func(task string) map[string]string {
	var mu sync.Mutex
	trees := map[string]map[string]string{}
	for id, a := range maps.Clone(s.actions) {
		run := a.Run
		a.Run = func(ctx context.Context, c *action.Call, input map[string]any) error {
			err := run(ctx, c, input)
			tree, readErr := readTree(c.Workspace)
			mu.Lock()
			defer mu.Unlock()
			trees[c.TaskID] = tree
			return errors.Join(err, readErr)
		}
		s.actions[id] = a
	}
	return func(task string) map[string]string {
		mu.Lock()
		defer mu.Unlock()
		return trees[task]
	}
}

// readTree gives every file's content behind what it is: "-" for a file, "x"
// for one that can be executed, "l" for a link.
func readTree(dir string) (map[string]string, error) {
	tree := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && p == dir {
			return nil // git keeps no empty directory
		}
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		if d.Type() == fs.ModeSymlink {
			target, err := os.Readlink(p)
			tree[name] = "l " + target
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		content, err := os.ReadFile(p)
		kind := "- "
		if info.Mode()&0o111 != 0 {
			kind = "x "
		}
		tree[name] = kind + string(content)
		return err
	})
	return tree, err
}

func treeOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	tree, err := readTree(dir)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func sameTree(t *testing.T, got, want map[string]string) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(want)) {
		switch content, ok := got[name]; {
		case !ok:
			t.Errorf("%s is missing", name)
		case content != want[name]:
			t.Errorf("%s is\n%q\nwant\n%q", name, content, want[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[name]; !ok {
			t.Errorf("%s is too much: %q", name, got[name])
		}
	}
}

// readJSON leaves into as it is where there is no file.
func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err == nil {
		err = json.Unmarshal(content, into)
	}
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}
