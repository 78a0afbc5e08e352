package delivery_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/miekg/dns"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"

	"github.com/pronto-platform/pronto/internal/base/netclient"
	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/platform/delivery"
	"github.com/pronto-platform/pronto/internal/platform/scm"
	"github.com/pronto-platform/pronto/internal/platform/scm/scmtest"
	"github.com/pronto-platform/pronto/internal/platform/store"
)

// world is everything around the service: a real API server, a real registry,
// a real name server, real TLS; the forge's REST answers are written down.
type world struct {
	t       *testing.T
	service *delivery.Service
	config  delivery.Config
	kube    kubernetes.Interface
	dyn     dynamic.Interface
	client  *http.Client
	host    string // of the server, host:port

	certificate []byte // of the server, DER

	git    *scmtest.Forge             // of the repositories that repos lacks; nil: none
	refuse func(r *http.Request) bool // whether the forge is not there for a request; nil: it is

	mu      sync.Mutex
	repos   map[string]*repo
	records map[string]bool
	answers map[string]http.HandlerFunc // of applications, by host
	entries map[string]bool
}

// repo is what the forge has of one repository.
type repo struct {
	commit, message, author string
	deployment              string // deploy/deployment.yaml
	run                     map[string]any
	jobs                    []map[string]any
	log                     string
}

const hookSecret = "It's a Secret to Everybody"

func (w *world) locked(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f()
}

// edge is the edge with everything behind it.
func (w *world) edge(images http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		host, _, _ := net.SplitHostPort(r.Host)
		switch host {
		case "git.example.com":
			w.forge(rw, r)
			return
		case "registry.example.com":
			images.ServeHTTP(rw, r)
			return
		}
		w.mu.Lock()
		answer := w.answers[host]
		w.mu.Unlock()
		if answer == nil {
			rw.Header().Set("Server", "pronto-edge")
			rw.WriteHeader(http.StatusNotFound)
			return
		}
		answer(rw, r)
	})
}

func (w *world) forge(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.refuse != nil && w.refuse(r) {
		rw.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	path := strings.TrimPrefix(r.URL.Path, "/api/v3/")
	if path == "orgs/apps/repos" && r.Method == http.MethodGet {
		list := []any{}
		for name := range w.repos {
			list = append(list, map[string]any{"name": name, "full_name": "apps/" + name})
		}
		reply(rw, list)
		return
	}
	name, rest, _ := strings.Cut(strings.TrimPrefix(path, "repos/apps/"), "/")
	have := w.repos[name]
	if have == nil && w.git != nil {
		w.git.ServeHTTP(rw, r)
		return
	}
	if have == nil {
		rw.WriteHeader(http.StatusNotFound)
		reply(rw, map[string]any{"message": "Not Found"})
		return
	}
	w.repository(rw, r, name, rest, have)
}

func (w *world) repository(rw http.ResponseWriter, r *http.Request, name, rest string, have *repo) {
	switch {
	case rest == "" && r.Method == http.MethodDelete:
		delete(w.repos, name)
		rw.WriteHeader(http.StatusNoContent)
	case rest == "":
		reply(rw, map[string]any{"name": name, "full_name": "apps/" + name, "default_branch": "main", "html_url": "https://git.example.com/apps/" + name})
	case rest == "branches/main":
		reply(rw, map[string]any{"name": "main", "commit": map[string]any{"sha": have.commit}})
	case rest == "contents/deploy/deployment.yaml":
		reply(rw, map[string]any{"type": "file", "encoding": "base64", "content": base64.StdEncoding.EncodeToString([]byte(have.deployment))})
	case rest == "commits":
		reply(rw, []any{map[string]any{"sha": have.commit, "commit": map[string]any{"message": have.message, "author": map[string]any{"name": have.author, "date": time.Now()}}}})
	case rest == "actions/runs":
		runs := []any{}
		if have.run != nil && r.URL.Query().Get("head_sha") == have.run["head_sha"] {
			runs = append(runs, have.run)
		}
		reply(rw, map[string]any{"total_count": len(runs), "workflow_runs": runs})
	case strings.HasSuffix(rest, "/jobs"):
		reply(rw, map[string]any{"total_count": len(have.jobs), "jobs": have.jobs})
	case strings.HasSuffix(rest, "/logs"):
		http.Redirect(rw, r, "https://"+r.Host+"/api/v3/repos/apps/"+name+"/text", http.StatusFound)
	case rest == "text":
		_, _ = io.WriteString(rw, have.log)
	default:
		rw.WriteHeader(http.StatusNotFound)
		reply(rw, map[string]any{"message": "Not Found"})
	}
}

func reply(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body)
}

// push sends a signed push event, as the forge does.
func (w *world) push(repository, commit, message, login, kind string) {
	w.t.Helper()
	body := map[string]any{
		"ref": "refs/heads/main", "after": commit,
		"repository":  map[string]any{"name": repository, "full_name": "apps/" + repository, "default_branch": "main", "html_url": "https://git.example.com/apps/" + repository},
		"head_commit": map[string]any{"id": commit, "message": message, "author": map[string]any{"name": login}},
		"sender":      map[string]any{"login": login, "type": kind}, "pusher": map[string]any{"name": login},
	}
	if err := w.event("push", body); err != nil {
		w.t.Fatal(err)
	}
}

// deployed is the pipeline's commit of an image.
func (w *world) deployed(repository, commit, image string) {
	w.t.Helper()
	const message, bot = "deploy [skip ci]", "github-actions[bot]"
	w.locked(func() {
		r := w.repos[repository]
		r.commit, r.message, r.author, r.deployment = commit, message, bot, "  image: "+image
	})
	w.push(repository, commit, message, bot, "Bot")
}

func (w *world) event(kind string, payload any) error {
	body, err := json.Marshal(payload)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	return w.service.Receive(w.t.Context(), kind+hex.EncodeToString(sum[:8]), kind, sign(body), body)
}

func sign(body []byte) string {
	mac := hmac.New(sha256.New, []byte(hookSecret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// until waits for an application's state by its events, not by the clock.
func (w *world) until(app, what string, holds func(delivery.View) bool) delivery.View {
	w.t.Helper()
	_, _, events, end, err := w.service.Subscribe(w.t.Context(), app, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	defer end()
	deadline := time.After(30 * time.Second)
	for {
		view, ok := w.service.Get(app)
		if ok && holds(view) {
			return view
		}
		select {
		case <-events:
		case <-deadline:
			text, _ := json.MarshalIndent(view, "", "  ")
			w.t.Fatalf("%s: not within 30 s; it is\n%s", what, text)
		}
	}
}

// Has, Remove, LocationOf and RegisterAgain make the world the catalog too.
func (w *world) Has(_ context.Context, ref string) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.entries[ref], nil
}

func (w *world) Remove(_ context.Context, ref string) error {
	w.locked(func() { delete(w.entries, ref) })
	return nil
}

func (w *world) LocationOf(_ context.Context, ref string) (string, bool, error) {
	return "url of " + ref, true, nil
}

func (w *world) RegisterAgain(_ context.Context, target string, trusted bool) error {
	if ref, found := strings.CutPrefix(target, "url of "); found && trusted {
		w.locked(func() { w.entries[ref] = true })
	}
	return nil
}

func (w *world) now() time.Time { return time.Now() }

func phase(v delivery.View, name string) delivery.Phase {
	if v.Delivery == nil {
		return delivery.Phase{}
	}
	return *v.Delivery.Phase(name)
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, repos: map[string]*repo{}, records: map[string]bool{}, answers: map[string]http.HandlerFunc{}, entries: map[string]bool{}}
	server := httptest.NewTLSServer(w.edge(registry.New(registry.Logger(log.New(io.Discard, "", 0)))))
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		t.Fatal(err)
	}
	w.certificate = server.Certificate().Raw
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if w.client, err = netclient.New(netclient.Config{Domain: "example.com", Edge: "127.0.0.1", CA: ca}); err != nil {
		t.Fatal(err)
	}
	forgeURL := "https://git.example.com:" + u.Port()
	client, err := scm.New(scm.Config{APIURL: forgeURL, Token: secret.New("ghp_x"), HTTPClient: w.client})
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "platform.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	w.host = "example.com:" + u.Port()
	w.config = delivery.Config{
		DB: db, SCM: client, DNSServer: w.zone(), ExpectedAddress: "127.0.0.1", HTTPClient: w.client, WebhookSecret: secret.New(hookSecret),
		Names: delivery.Names{Organization: "apps", RepositoryPrefix: "idp-", Domain: "example.com", HTTPSPort: port,
			ForgeURL: forgeURL, Registry: "registry.example.com:" + u.Port()},
		Catalog: w, Logger: slog.New(slog.NewTextHandler(testLog{t}, nil)),
	}
	return w
}

// zone is a name server for what records says.
func (w *world) zone() string {
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	server := &dns.Server{PacketConn: packets, Handler: dns.HandlerFunc(func(rw dns.ResponseWriter, question *dns.Msg) {
		answer := new(dns.Msg).SetReply(question)
		answer.Authoritative = true
		host := question.Question[0].Name
		w.mu.Lock()
		known := w.records[strings.TrimSuffix(host, ".")]
		w.mu.Unlock()
		if known {
			answer.Answer = []dns.RR{&dns.A{Hdr: dns.RR_Header{Name: host, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 5}, A: net.IPv4(127, 0, 0, 1)}}
		} else {
			answer.Rcode = dns.RcodeNameError
		}
		_ = rw.WriteMsg(answer)
	})}
	go func() { _ = server.ActivateAndServe() }()
	w.t.Cleanup(func() { _ = server.Shutdown() })
	return packets.LocalAddr().String()
}

// image pushes a real image under a commit's tag.
func (w *world) image(repository, commit string) (v1.Image, string) {
	w.t.Helper()
	image, err := random.Image(64, 1)
	if err != nil {
		w.t.Fatal(err)
	}
	tag, err := name.NewTag(fmt.Sprintf("registry.%s/%s:sha-%s", w.host, repository, commit[:7]))
	if err != nil {
		w.t.Fatal(err)
	}
	if err := remote.Write(tag, image, remote.WithTransport(w.client.Transport)); err != nil {
		w.t.Fatal(err)
	}
	digest, err := image.Digest()
	if err != nil {
		w.t.Fatal(err)
	}
	return image, digest.String()
}

// dropImage deletes an image that is named by its digest.
func (w *world) dropImage(image string) {
	w.t.Helper()
	_, path, _ := strings.Cut(image, "/")
	reference, err := name.NewDigest("registry." + w.host + "/" + path)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := remote.Delete(reference, remote.WithTransport(w.client.Transport)); err != nil {
		w.t.Fatal(err)
	}
}

type testLog struct{ t *testing.T }

func (l testLog) Write(p []byte) (int, error) {
	if l.t.Context().Err() == nil {
		l.t.Log(string(bytes.TrimSpace(p)))
	}
	return len(p), nil
}
