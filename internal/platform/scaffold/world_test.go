package scaffold

import (
	"context"
	"io"
	"io/fs"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/internal/base/gitcmd"
	"github.com/pronto-platform/pronto/internal/base/part/parttest"
	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/platform/catalog"
	"github.com/pronto-platform/pronto/internal/platform/scm"
	"github.com/pronto-platform/pronto/internal/platform/store"
)

// world is everything around a scaffolder that outlives its process.
type world struct {
	cfg     Config
	forge   *testForge
	catalog *catalog.Catalog
	changes chan Task
}

func newWorld(t *testing.T, files fs.FS) *world {
	t.Helper()
	dir := t.TempDir()
	db, err := store.Open(t.Context(), filepath.Join(dir, "platform.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	forge := newForge(t)
	client, err := scm.New(scm.Config{APIURL: forge.URL, HTTPClient: forge.Client()})
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	entities, err := catalog.New(catalog.Config{DB: db, SCM: client, ForgeURL: forge.URL, Logger: log, Check: CheckEntity})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{forge: forge, catalog: entities, changes: make(chan Task, 1000)}
	w.cfg = Config{
		DB: db, Templates: files, SCM: client, Catalog: entities, Git: gitcmd.Remote{Origin: forge.URL + "/"},
		Dir: filepath.Join(dir, "tasks"), Organization: "apps", Domain: "example.com", SealKey: secret.New("a key"), Logger: log, Clock: time.Now,
		Vars: func() map[string]any {
			return map[string]any{"authority": "example.com", "forge": "https://git.example.com", "forgeHost": forge.host(),
				"registry": "registry.example.com", "ingressClass": "pronto", "edge": "10.41.0.1", "architectures": []string{"amd64", "arm64"}}
		},
		OnChange: func(_ context.Context, task Task) error { w.changes <- task; return nil },
	}
	return w
}

// start runs a new process of the scaffolder until stop is called.
func (w *world) start(t *testing.T) (s *Service, stop func()) {
	t.Helper()
	s, err := New(w.cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s, parttest.Start(t, s.Run)
}

// ended waits for the end of a task.
func (w *world) ended(t *testing.T, id string) Task {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for {
		select {
		case task := <-w.changes:
			if task.ID == id && task.Ended() {
				return task
			}
		case <-deadline:
			t.Fatal("the task does not end")
		}
	}
}

func (w *world) files(t *testing.T, repository string) []string {
	t.Helper()
	out, err := w.forge.in(repository).Run(t.Context(), "ls-tree", "-r", "--name-only", "main")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(out))
}

func messages(t *testing.T, s *Service, id string) []string {
	t.Helper()
	events, err := s.journal.events(t.Context(), id, 0)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, e := range events {
		texts = append(texts, e.Body.Message)
	}
	return texts
}
