package catalog_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/internal/base/part/parttest"
	"github.com/pronto-platform/pronto/internal/platform/catalog"
	"github.com/pronto-platform/pronto/internal/platform/scm"
	"github.com/pronto-platform/pronto/internal/platform/store"
)

// forge answers the contents and trees APIs with the files it holds.
type forge struct {
	mu    sync.Mutex
	files map[string]string // owner/repository/path
	down  bool
}

func (f *forge) put(path, text string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.files[path] = text
}

func (f *forge) remove(path string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.files, path)
}

func (f *forge) stop(down bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.down = down
}

func (f *forge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	switch base := r.PathValue("owner") + "/" + r.PathValue("repository"); {
	case f.down:
		w.WriteHeader(http.StatusBadGateway)
	case strings.Contains(r.URL.Path, "/git/trees/"):
		f.tree(w, base+"/")
	case strings.Contains(r.URL.Path, "/contents/"):
		f.content(w, r, base+"/"+r.PathValue("path"))
	default:
		_ = json.NewEncoder(w).Encode(map[string]any{"full_name": base, "default_branch": "main"})
	}
}

func (f *forge) tree(w http.ResponseWriter, base string) {
	entries := []map[string]string{}
	for path := range f.files {
		if below, found := strings.CutPrefix(path, base); found {
			entries = append(entries, map[string]string{"path": below, "type": "blob"})
		}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"sha": "x", "tree": entries})
}

func (f *forge) content(w http.ResponseWriter, r *http.Request, path string) {
	text, there := f.files[path]
	if !there || r.URL.Query().Get("ref") != "main" {
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"message":"Not Found"}`)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{
		"type": "file", "encoding": "base64", "size": len(text), "content": base64.StdEncoding.EncodeToString([]byte(text)),
	})
}

const webDescriptor = `apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: Web, title: The shop, tags: [nodejs], annotations: {github.com/project-slug: apps/web}}
spec: {type: service, lifecycle: production, owner: team, providesApis: [orders]}
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: {name: orders}
spec: {type: openapi, lifecycle: production, owner: team, definition: {$text: ./api/openapi.yaml}}
`

type bench struct {
	t       *testing.T
	forge   *forge
	url     string // of the forge
	catalog *catalog.Catalog
}

func (b *bench) target(path string) string {
	owner, rest, _ := strings.Cut(path, "/")
	repository, file, _ := strings.Cut(rest, "/")
	return b.url + "/" + owner + "/" + repository + "/blob/main/" + file
}

func newBench(t *testing.T) *bench {
	t.Helper()
	f := &forge{files: map[string]string{"apps/web/catalog-info.yaml": webDescriptor, "apps/web/api/openapi.yaml": "openapi: 3.1.0"}}
	mux := http.NewServeMux()
	mux.Handle("GET /api/v3/repos/{owner}/{repository}/contents/{path...}", f)
	mux.Handle("GET /api/v3/repos/{owner}/{repository}/git/trees/{sha...}", f)
	mux.Handle("GET /api/v3/repos/{owner}/{repository}", f)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	b := &bench{t: t, forge: f, url: server.URL}
	b.open(filepath.Join(t.TempDir(), "platform.db"), builtin())
	return b
}

func builtin() []catalog.Entity {
	entity := func(kind, name string, spec map[string]any) catalog.Entity {
		return catalog.Entity{
			APIVersion: "backstage.io/v1alpha1", Kind: kind, Metadata: catalog.Metadata{Name: name}, Spec: spec,
		}
	}
	return []catalog.Entity{
		entity("Group", "team", map[string]any{"type": "team", "children": []any{}}),
		entity("User", "ann", map[string]any{"memberOf": []any{"team"}}),
	}
}

// open makes the catalog over the database at path and waits until it is ready.
func (b *bench) open(path string, entities []catalog.Entity) {
	b.start(path, func(cfg *catalog.Config) { cfg.Builtin = entities })
}

// start is open with a configuration; the catalog runs until stop is called or
// the test ends.
func (b *bench) start(path string, configure func(*catalog.Config)) (stop func()) {
	b.t.Helper()
	db, err := store.Open(b.t.Context(), path)
	if err != nil {
		b.t.Fatal(err)
	}
	client, err := scm.New(scm.Config{APIURL: b.url})
	if err != nil {
		b.t.Fatal(err)
	}
	cfg := catalog.Config{DB: db, SCM: client, ForgeURL: b.url, Logger: slog.New(slog.DiscardHandler)}
	configure(&cfg)
	if b.catalog, err = catalog.New(cfg); err != nil {
		b.t.Fatal(err)
	}
	end := parttest.Start(b.t, b.catalog.Run)
	stop = sync.OnceFunc(func() {
		end()
		_ = db.Close()
	})
	b.t.Cleanup(stop)
	return stop
}

// until waits for a change of a kind of entity after which a condition holds.
func (b *bench) until(what, kind string, holds func() bool) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), 20*time.Second)
	defer cancel()
	changes := b.catalog.Watch(ctx, kind)
	for !holds() {
		select {
		case <-changes:
		case <-ctx.Done():
			b.t.Fatalf("waited in vain until %s", what)
		}
	}
}

// entity returns an entity that has to be there.
func (b *bench) entity(ref string) catalog.Entity {
	b.t.Helper()
	entity, err := b.catalog.Get(b.t.Context(), ref)
	if err != nil {
		b.t.Fatal(err)
	}
	return entity
}

func (b *bench) refresh(ref string) {
	b.t.Helper()
	if err := b.catalog.Refresh(b.t.Context(), ref); err != nil {
		b.t.Fatal(err)
	}
}

// status is what the catalog says is wrong with an entity.
func (b *bench) status(ref string) string {
	b.t.Helper()
	status := b.entity(ref).Status
	if status == nil {
		return ""
	}
	var all []string
	for _, item := range status.Items {
		if item.Type != "backstage.io/catalog-processing" || item.Level != "error" || item.Error == nil {
			b.t.Errorf("status item %+v", item)
		}
		all = append(all, item.Message)
	}
	return strings.Join(all, "|")
}

func (b *bench) register(path string) catalog.Registration {
	b.t.Helper()
	registration, err := b.catalog.Register(b.t.Context(), b.target(path))
	if err != nil {
		b.t.Fatal(err)
	}
	return registration
}

// call asks the REST API and decodes the answer into into, if that is given.
func (b *bench) call(method, path string, body, into any) *http.Response {
	b.t.Helper()
	encoded, err := json.Marshal(body)
	if err != nil {
		b.t.Fatal(err)
	}
	recorder := httptest.NewRecorder()
	b.catalog.Handler().ServeHTTP(recorder, httptest.NewRequest(method, "/api/catalog"+path, bytes.NewReader(encoded)))
	response := recorder.Result()
	if into != nil {
		if err := json.NewDecoder(response.Body).Decode(into); err != nil {
			b.t.Fatalf("%s %s: %s: %v", method, path, response.Status, err)
		}
	}
	return response
}

func (b *bench) has(ref string) bool {
	b.t.Helper()
	there, err := b.catalog.Has(b.t.Context(), ref)
	if err != nil {
		b.t.Fatal(err)
	}
	return there
}

func query(pairs ...string) string {
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	return "?" + values.Encode()
}
