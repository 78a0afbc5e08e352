package scaffold

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
	"sigs.k8s.io/yaml"

	"github.com/pronto-platform/pronto/internal/base/gitcmd"
	"github.com/pronto-platform/pronto/templates"
)

// hostile is a description that breaks whatever is not quoted.
const hostile = `It's "quoted": {a: #b} \ $HOME ` + "`id`" + ` ${{ x }} <b> %}`

// renderedNode creates an application and returns a clone of its repository.
func renderedNode(t *testing.T) string {
	t.Helper()
	w := newWorld(t, templates.FS)
	s, _ := w.start(t)
	task, err := s.Create(t.Context(), CreateRequest{TemplateRef: "nodejs", Values: map[string]any{"name": "hello", "description": hostile}})
	if err != nil {
		t.Fatal(err)
	}
	if task = w.ended(t, task.ID); task.Status != StatusCompleted {
		t.Fatal(task.Error)
	}
	clone := filepath.Join(t.TempDir(), "hello")
	if _, err := (gitcmd.Git{Dir: t.TempDir()}).Run(t.Context(), "clone", "--quiet", w.forge.URL+"/apps/idp-hello.git", clone); err != nil {
		t.Fatal(err)
	}
	return clone
}

func TestTheNodejsTemplateMakesAWholeApplication(t *testing.T) {
	dir := renderedNode(t)
	manifests, err := filepath.Glob(filepath.Join(dir, "deploy", "*.yaml"))
	if err != nil || len(manifests) < 7 {
		t.Fatalf("manifests: %v, %v", manifests, err)
	}
	t.Run("its YAML and JSON can be read", func(t *testing.T) { everyDocumentParses(t, dir) })
	t.Run("its description says what was typed", func(t *testing.T) {
		var entity struct{ Metadata struct{ Description string } }
		readYAML(t, filepath.Join(dir, "catalog-info.yaml"), &entity)
		if entity.Metadata.Description != hostile {
			t.Errorf("description = %q, want %q", entity.Metadata.Description, hostile)
		}
	})
	t.Run("its workflow has no fault", func(t *testing.T) { workflowIsSound(t, filepath.Join(dir, ".github", "workflows", "ci.yaml")) })
	t.Run("its own tests pass", func(t *testing.T) {
		node, err := exec.LookPath("node")
		if err != nil {
			t.Skip("no node on this machine")
		}
		cmd := exec.CommandContext(t.Context(), node, "--test")
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("node --test: %v\n%s", err, out)
		}
	})
}

func everyDocumentParses(t *testing.T, dir string) {
	err := fs.WalkDir(os.DirFS(dir), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(filepath.Join(dir, p))
		if err != nil {
			return err
		}
		if strings.Contains(string(content), "${{ values") {
			t.Errorf("%s still has an expression of the template", p)
		}
		var into any
		switch filepath.Ext(p) {
		case ".yaml", ".yml":
			for _, document := range strings.Split(string(content), "\n---\n") {
				if err := yaml.UnmarshalStrict([]byte(document), &into); err != nil {
					t.Errorf("%s: %v", p, err)
				}
			}
		case ".json":
			if err := json.Unmarshal(content, &into); err != nil {
				t.Errorf("%s: %v", p, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func readYAML(t *testing.T, path string, into any) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(content, into); err != nil {
		t.Fatal(err)
	}
}

func workflowIsSound(t *testing.T, path string) {
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	linter, err := actionlint.NewLinter(os.Stderr, &actionlint.LinterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	faults, err := linter.Lint("ci.yaml", content, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range faults {
		t.Error(fault)
	}
	for _, line := range strings.Split(string(content), "\n") {
		_, action, uses := strings.Cut(line, "uses: ")
		if _, version, ok := strings.Cut(action, "@"); uses && (!ok || len(strings.Fields(version)[0]) != 40) {
			t.Errorf("not pinned to a commit: %s", strings.TrimSpace(line))
		}
	}
}
