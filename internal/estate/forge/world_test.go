package forge_test

import (
	"crypto/rand"
	"crypto/rsa"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-github/v74/github"

	"github.com/pronto-platform/pronto/internal/base/gitcmd"
	"github.com/pronto-platform/pronto/internal/base/part"
	"github.com/pronto-platform/pronto/internal/base/part/parttest"
	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/estate/forge"
)

var _ part.Part = (*forge.Forge)(nil)

const (
	adminToken  = "ghp_admin0000000000000000000000000000000"
	memberToken = "ghp_member000000000000000000000000000000"
)

// world is a forge behind TLS with clients for it.
type world struct {
	t      *testing.T
	cfg    forge.Config
	forge  *forge.Forge
	server *httptest.Server
	active atomic.Pointer[forge.Forge]
	key    *rsa.PrivateKey
	stop   func()
}

func newWorld(t *testing.T, change func(*forge.Config)) *world {
	t.Helper()
	w := &world{t: t}
	var err error
	if w.key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		t.Fatal(err)
	}
	w.server = httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.active.Load().Handler().ServeHTTP(rw, r) }))
	t.Cleanup(w.server.Close)
	base, err := url.Parse(w.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	w.cfg = forge.Config{
		Dir: t.TempDir(), URL: base, Organization: "apps", HTTPClient: w.server.Client(),
		App: forge.App{ID: 1, Slug: "github-actions", Key: &w.key.PublicKey}, SealKey: secret.New("a key"), Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Users: []forge.User{
			{Login: "pronto", Email: "pronto@example.org", Name: "Pronto", Admin: true, Token: secret.New(adminToken)},
			{Login: "ada", Email: "ada@example.org", Name: "Ada", Token: secret.New(memberToken)},
		},
	}
	if change != nil {
		change(&w.cfg)
	}
	w.start()
	t.Cleanup(func() { w.stop() })
	return w
}

func (w *world) start() {
	w.t.Helper()
	f, err := forge.New(w.cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	w.forge = f
	w.active.Store(f)
	end := parttest.Start(w.t, f.Run)
	w.stop = func() {
		end()
		if err := f.Close(); err != nil {
			w.t.Error(err)
		}
		w.stop = func() {}
	}
}

func (w *world) client(token string) *github.Client {
	w.t.Helper()
	c, err := github.NewClient(w.server.Client()).WithAuthToken(token).WithEnterpriseURLs(w.server.URL, w.server.URL)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func (w *world) git(dir, token string) gitcmd.Git {
	w.t.Helper()
	return gitcmd.Git{Dir: dir, Remote: gitcmd.Remote{Origin: w.server.URL + "/", Token: secret.New(token)},
		Env: []string{"GIT_SSL_NO_VERIFY=1", "GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.org", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.org"}}
}

func (w *world) create(name string) *github.Repository {
	w.t.Helper()
	repo, _, err := w.client(adminToken).Repositories.Create(w.t.Context(), "apps", &github.Repository{Name: &name})
	if err != nil {
		w.t.Fatal(err)
	}
	return repo
}

func (w *world) run(g gitcmd.Git, args ...string) string {
	w.t.Helper()
	out, err := g.Run(w.t.Context(), args...)
	if err != nil {
		w.t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// pushFile commits one file in a fresh clone and pushes main.
func (w *world) pushFile(repo *github.Repository, token, path, content string) (sha string) {
	w.t.Helper()
	dir := w.t.TempDir()
	g := w.git(dir, token)
	w.run(g, "clone", "--quiet", repo.GetCloneURL(), ".")
	if err := os.WriteFile(filepath.Join(dir, path), []byte(content), 0o600); err != nil {
		w.t.Fatal(err)
	}
	w.run(g, "checkout", "-q", "-B", "main")
	w.run(g, "add", ".")
	w.run(g, "commit", "-qm", "add "+path)
	w.run(g, "push", "-q", "origin", "main")
	return w.run(g, "rev-parse", "HEAD")
}

func (w *world) installationToken(opts *github.InstallationTokenOptions) string {
	w.t.Helper()
	claims := jwt.MapClaims{"iss": strconv.Itoa(1), "iat": time.Now().Add(-time.Minute).Unix(), "exp": time.Now().Add(5 * time.Minute).Unix()}
	signed, err := jwt.NewWithClaims(jwt.SigningMethodRS256, claims).SignedString(w.key)
	if err != nil {
		w.t.Fatal(err)
	}
	token, _, err := w.client(signed).Apps.CreateInstallationToken(w.t.Context(), 1, opts)
	if err != nil {
		w.t.Fatal(err)
	}
	return token.GetToken()
}

type received struct {
	header http.Header
	body   []byte
}

// receiver answers with status and passes on what it got.
func receiver(t *testing.T, answer func() int) (address string, got chan received) {
	t.Helper()
	got = make(chan received, 64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got <- received{r.Header.Clone(), body}
		w.WriteHeader(answer())
	}))
	t.Cleanup(server.Close)
	return server.URL, got
}

func ok() int { return http.StatusOK }

func (w *world) hook(address string, events ...string) {
	w.t.Helper()
	kind, key := "json", "It's a Secret to Everybody"
	_, _, err := w.client(adminToken).Organizations.CreateHook(w.t.Context(), "apps", &github.Hook{Events: events,
		Config: &github.HookConfig{URL: &address, ContentType: &kind, Secret: &key}})
	if err != nil {
		w.t.Fatal(err)
	}
}

func awaitEvent(t *testing.T, got chan received, event string) received {
	t.Helper()
	for {
		select {
		case r := <-got:
			if r.header.Get("X-GitHub-Event") == event {
				return r
			}
		case <-t.Context().Done():
			t.Fatal("no " + event)
		}
	}
}
