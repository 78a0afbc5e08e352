package scaffold

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/pronto-platform/pronto/internal/base/seal"
	"github.com/pronto-platform/pronto/internal/base/secret"
)

func TestATasksSecretsAreNeverInClearOnTheDisk(t *testing.T) {
	const value = "hunter2-in-no-file"
	w := newWorld(t, small(`
    - {id: read, action: 'debug:log', input: {message: 'it is ${{ secrets.key }}'}}
    - {id: fail, action: 'fs:rename', input: {files: [{from: none, to: other}]}}`))
	s, _ := w.start(t)
	task, err := s.Create(t.Context(), CreateRequest{TemplateRef: "small", Values: map[string]any{"name": "a"}, Secrets: map[string]string{"key": value}})
	if err != nil {
		t.Fatal(err)
	}
	w.ended(t, task.ID)
	if log := messages(t, s, task.ID); count(log, "***") != 1 {
		t.Errorf("the step did not read its secret: %s", log)
	}
	if err := s.Retry(t.Context(), task.ID, map[string]string{"key": value}); err != nil {
		t.Fatal(err)
	}
	w.ended(t, task.ID)
	files, err := filepath.Glob(filepath.Join(filepath.Dir(w.cfg.Dir), "*.db*"))
	if err != nil || len(files) < 2 {
		t.Fatalf("the database is %s, %v", files, err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(content, []byte(value)) {
			t.Errorf("%s has the secret", filepath.Base(file))
		}
	}
}

func TestSecretsOfBeforeTheSealAreRead(t *testing.T) {
	sealer, err := seal.New(secret.New("key"), sealPurpose)
	if err != nil {
		t.Fatal(err)
	}
	j := journal{seal: sealer}
	want := map[string]string{"key": "value"}
	for _, column := range []string{`{"key":"value"}`, j.sealed("1", want)} {
		if got, err := j.open(Task{ID: "1", sealed: column}); err != nil || !maps.Equal(got, want) {
			t.Errorf("%.10s...: %v, %v", column, got, err)
		}
	}
	for _, column := range []string{j.sealed("2", want), sealMark + "x", "{"} {
		if got, err := j.open(Task{ID: "1", sealed: column}); err == nil {
			t.Errorf("%.10s... = %v", column, got)
		}
	}
}
