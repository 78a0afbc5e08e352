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

// rendered creates an application from a golden path and returns a clone of
// its repository.
func rendered(t *testing.T, template string) string {
	t.Helper()
	w := newWorld(t, templates.FS)
	s, _ := w.start(t)
	task, err := s.Create(t.Context(), CreateRequest{TemplateRef: template, Values: map[string]any{"name": "hello", "description": hostile}})
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

// goldenPaths are the templates with the commands by which what they make
// tests itself.
var goldenPaths = map[string][][]string{
	"nodejs": {{"node", "--test"}},
	"go":     {{"gofmt", "-l", "-d", "."}, {"go", "vet", "./..."}, {"go", "test", "./..."}},
	"python": {{"python3", "-m", "compileall", "-q", "."}, {"python3", "-m", "unittest", "discover", "-s", "tests", "-t", "."}},
	"static": {{"node", "--test"}},
}

func TestEveryGoldenPathMakesAWholeApplication(t *testing.T) {
	for template, tests := range goldenPaths {
		t.Run(template, func(t *testing.T) {
			t.Parallel()
			wholeApplication(t, rendered(t, template), tests)
		})
	}
}

func wholeApplication(t *testing.T, dir string, tests [][]string) {
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
	for _, command := range tests {
		t.Run(strings.Join(command, " "), func(t *testing.T) { passes(t, dir, command) })
	}
}

// passes runs a command that says nothing but of tests when all is well.
func passes(t *testing.T, dir string, command []string) {
	program, err := exec.LookPath(command[0])
	if err != nil {
		t.Skipf("no %s on this machine", command[0])
	}
	cmd := exec.CommandContext(t.Context(), program, command[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	if err != nil || command[0] == "gofmt" && len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
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
