package registry

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/pronto-platform/pronto/internal/base/part/parttest"
	"github.com/pronto-platform/pronto/internal/base/secret"
)

// forgeAnswers is what the forge says of each token on each repository.
var forgeAnswers = map[string]map[string]permissions{
	"writer": {"idp-one": {Pull: true, Push: true}},
	"owner":  {"idp-one": {Pull: true, Push: true, Admin: true}},
	"reader": {"idp-one": {Pull: true}},
}

// newForge answers as GitHub's REST API does.
func newForge(t *testing.T) *url.URL {
	t.Helper()
	mux := http.NewServeMux()
	known := func(r *http.Request) (map[string]permissions, bool) {
		answers, ok := forgeAnswers[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
		return answers, ok
	}
	mux.HandleFunc("GET /api/v3/user", func(w http.ResponseWriter, r *http.Request) {
		if _, ok := known(r); !ok {
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	mux.HandleFunc("GET /api/v3/repos/apps/{repo}", func(w http.ResponseWriter, r *http.Request) {
		answers, _ := known(r)
		p, ok := answers[r.PathValue("repo")]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		if err := json.NewEncoder(w).Encode(map[string]any{
			"permissions": map[string]bool{"pull": p.Pull, "push": p.Push, "admin": p.Admin},
		}); err != nil {
			t.Error(err)
		}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL + "/api/v3/")
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// station is a running registry and what is needed to talk to it.
type station struct {
	t      *testing.T
	url    *url.URL
	client *http.Client
	dir    string
	log    *bytes.Buffer
	stop   func()
}

func start(t *testing.T, dir string, change func(*Config)) *station {
	t.Helper()
	var handler http.Handler
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	log := &bytes.Buffer{}
	cfg := Config{
		Dir: dir, URL: u, Organization: "apps", ForgeAPI: newForge(t), HTTPClient: http.DefaultClient,
		Node:   Credential{"node", secret.New("node-secret")},
		Admin:  Credential{"admin", secret.New("admin-secret")},
		Logger: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelInfo})),
	}
	if change != nil {
		change(&cfg)
	}
	registry, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	handler = registry.Handler()
	end := parttest.Start(t, registry.Run)
	s := &station{t: t, url: u, client: server.Client(), dir: dir, log: log}
	s.stop = func() {
		server.Close()
		end()
	}
	t.Cleanup(s.stop)
	return s
}

func (s *station) ref(image string) name.Reference {
	s.t.Helper()
	ref, err := name.ParseReference(s.url.Host + "/" + image)
	if err != nil {
		s.t.Fatal(err)
	}
	return ref
}

func (s *station) as(user, password string) []remote.Option {
	return []remote.Option{
		remote.WithAuth(&authn.Basic{Username: user, Password: password}),
		remote.WithTransport(s.client.Transport),
	}
}

func (s *station) forge(token string) []remote.Option { return s.as("x-access-token", token) }

func image(t *testing.T) v1.Image {
	t.Helper()
	img, err := random.Image(2048, 2)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func (s *station) push(ref string, img v1.Image, options []remote.Option) {
	s.t.Helper()
	if err := remote.Write(s.ref(ref), img, options...); err != nil {
		s.t.Fatalf("push %s: %v", ref, err)
	}
}

// send is one plain HTTP request.
func (s *station) send(method, path string, body io.Reader, header map[string]string) (*http.Response, string) {
	s.t.Helper()
	at, err := s.url.Parse(path)
	if err != nil {
		s.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(s.t.Context(), method, at.String(), body)
	if err != nil {
		s.t.Fatal(err)
	}
	for k, v := range header {
		request.Header.Set(k, v)
	}
	response, err := s.client.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return response, string(raw)
}

// bearer logs in and returns the header that carries the token.
func (s *station) bearer(token, scope string) map[string]string {
	s.t.Helper()
	form := url.Values{"grant_type": {"password"}, "username": {"x"}, "password": {token}, "scope": {scope}}
	response, body := s.send(http.MethodPost, "/token", strings.NewReader(form.Encode()),
		map[string]string{"Content-Type": "application/x-www-form-urlencoded"})
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || answer.AccessToken == "" {
		s.t.Fatalf("login: %s: %s", response.Status, body)
	}
	return map[string]string{"Authorization": "Bearer " + answer.AccessToken}
}

func digest(content string) string { return fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(content))) }

func TestPushedImageIsPulledByWhomTheForgeAllows(t *testing.T) {
	s := start(t, t.TempDir(), nil)
	img := image(t)
	s.push("idp-one:sha-1", img, s.forge("writer"))
	want, err := img.Digest()
	if err != nil {
		t.Fatal(err)
	}
	for who, options := range map[string][]remote.Option{
		"reader": s.forge("reader"), "node": s.as("node", "node-secret"), "admin": s.as("admin", "admin-secret"),
	} {
		got, err := remote.Image(s.ref("idp-one:sha-1"), options...)
		if err != nil {
			t.Errorf("%s: %v", who, err)
			continue
		}
		if d, err := got.Digest(); err != nil || d != want {
			t.Errorf("%s: digest %v, %v", who, d, err)
		}
	}
	tags, err := remote.List(s.ref("idp-one").Context(), s.forge("reader")...)
	if err != nil || len(tags) != 1 || tags[0] != "sha-1" {
		t.Errorf("tags %v, %v", tags, err)
	}
}

func TestPushIsRefusedWithoutTheRight(t *testing.T) {
	s := start(t, t.TempDir(), nil)
	for what, try := range map[string]struct {
		ref     string
		options []remote.Option
	}{
		"unknown token":       {"idp-one:a", s.forge("invented")},
		"reader":              {"idp-one:a", s.forge("reader")},
		"another repository":  {"idp-two:a", s.forge("writer")},
		"base by forge token": {"base/nodejs:a", s.forge("owner")},
		"node":                {"idp-one:a", s.as("node", "node-secret")},
		"admin on an app":     {"idp-one:a", s.as("admin", "admin-secret")},
		"anonymous":           {"idp-one:a", []remote.Option{remote.WithTransport(s.client.Transport)}},
	} {
		if err := remote.Write(s.ref(try.ref), image(t), try.options...); err == nil {
			t.Errorf("%s: pushed %s", what, try.ref)
		}
	}
	s.stop()
	for _, hidden := range []string{"invented", "node-secret", "admin-secret"} {
		if strings.Contains(s.log.String(), hidden) {
			t.Errorf("the log tells %q", hidden)
		}
	}
}

func TestBaseImagesAreTheAdministratorsToPushAndEverybodysToPull(t *testing.T) {
	s := start(t, t.TempDir(), nil)
	s.push("base/nodejs:20", image(t), s.as("admin", "admin-secret"))
	if _, err := remote.Image(s.ref("base/nodejs:20"), s.forge("reader")...); err != nil {
		t.Error(err)
	}
	if _, err := remote.Image(s.ref("base/nodejs:20"), s.forge("invented")...); err == nil {
		t.Error("pulled with an unknown token")
	}
}

func TestAnonymousSeesNothingButTheWayIn(t *testing.T) {
	s := start(t, t.TempDir(), nil)
	for _, path := range []string{"/v2/", "/v2/_catalog", "/v2/idp-one/tags/list", "/v2/idp-one/manifests/a", "/v2/nothing/of/the/kind"} {
		response, body := s.send(http.MethodGet, path, nil, nil)
		if response.StatusCode != http.StatusUnauthorized || !strings.Contains(body, `"code":"UNAUTHORIZED"`) {
			t.Errorf("%s: %s %s", path, response.Status, body)
		}
		challenge := response.Header.Get("WWW-Authenticate")
		if !strings.HasPrefix(challenge, `Bearer realm="`+s.url.String()+`/token",service="`+s.url.Host+`"`) {
			t.Errorf("%s: challenge %s", path, challenge)
		}
		if response.Header.Get("Docker-Distribution-Api-Version") != "registry/2.0" {
			t.Errorf("%s: no version header", path)
		}
	}
}

func TestNodeReadsWithAFixedHeader(t *testing.T) {
	s := start(t, t.TempDir(), nil)
	s.push("idp-one:a", image(t), s.forge("writer"))
	request, err := http.NewRequestWithContext(t.Context(), http.MethodHead, s.url.JoinPath("v2/idp-one/manifests/a").String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	request.SetBasicAuth("node", "node-secret")
	response, err := s.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Error(response.Status)
	}
}

func TestChunkedUploadAndWrongDigest(t *testing.T) {
	s := start(t, t.TempDir(), nil)
	auth := s.bearer("writer", "repository:idp-one:pull,push")
	for want, status := range map[string]int{digest("hello world"): http.StatusCreated, digest("another"): http.StatusBadRequest} {
		response, _ := s.send(http.MethodPost, "/v2/idp-one/blobs/uploads/", nil, auth)
		at := response.Header.Get("Location")
		for _, chunk := range []struct{ bytes, at string }{{"hello ", "0-5"}, {"world", "6-10"}} {
			header := map[string]string{"Authorization": auth["Authorization"], "Content-Range": chunk.at, "Content-Type": "application/octet-stream"}
			response, body := s.send(http.MethodPatch, at, strings.NewReader(chunk.bytes), header)
			if response.StatusCode != http.StatusAccepted {
				t.Fatalf("chunk %s: %s %s", chunk.at, response.Status, body)
			}
			at = response.Header.Get("Location")
		}
		last, err := url.Parse(at)
		if err != nil {
			t.Fatal(err)
		}
		query := last.Query()
		query.Set("digest", want)
		last.RawQuery = query.Encode()
		if response, body := s.send(http.MethodPut, last.String(), nil, auth); response.StatusCode != status {
			t.Errorf("%s: %s %s", want, response.Status, body)
		}
	}
}

func TestMountNeedsThePullRightOnItsSource(t *testing.T) {
	s := start(t, t.TempDir(), nil)
	img := image(t)
	s.push("base/nodejs:20", img, s.as("admin", "admin-secret"))
	layers, err := img.Layers()
	if err != nil {
		t.Fatal(err)
	}
	d, err := layers[0].Digest()
	if err != nil {
		t.Fatal(err)
	}
	path := "/v2/idp-one/blobs/uploads/?from=base/nodejs&mount=" + d.String()
	for scope, status := range map[string]int{
		"repository:idp-one:pull,push":                             http.StatusAccepted,
		"repository:idp-one:pull,push repository:base/nodejs:pull": http.StatusCreated,
	} {
		if response, body := s.send(http.MethodPost, path, nil, s.bearer("writer", scope)); response.StatusCode != status {
			t.Errorf("%s: %s %s", scope, response.Status, body)
		}
	}
}

func TestLimitsAndNamesAreChecked(t *testing.T) {
	s := start(t, t.TempDir(), func(c *Config) { c.MaxBlob = 10 })
	auth := s.bearer("writer", "repository:idp-one:pull,push")
	response, _ := s.send(http.MethodPost, "/v2/idp-one/blobs/uploads/", nil, auth)
	at := response.Header.Get("Location")
	response, body := s.send(http.MethodPatch, at, strings.NewReader("eleven byte"), auth)
	if response.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(body, "SIZE_INVALID") {
		t.Errorf("sized: %s %s", response.Status, body)
	}
	response, _ = s.send(http.MethodPatch, at, io.MultiReader(strings.NewReader("eleven"), strings.NewReader(" byte")), auth)
	if response.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("streamed: %s", response.Status)
	}
	response, body = s.send(http.MethodGet, "/v2/UPPER/manifests/a", nil, auth)
	if response.StatusCode != http.StatusBadRequest || !strings.Contains(body, "NAME_INVALID") {
		t.Errorf("name: %s %s", response.Status, body)
	}
}

// What shares the disk with the images must go on writing; pulls and deletions
// go on whatever is free.
func TestAPushThatWouldFillTheDiskIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := start(t, dir, nil)
	s.push("idp-one:a", image(t), s.forge("writer"))
	s.stop()
	s = start(t, dir, func(c *Config) { c.MinFree = math.MaxInt64 })
	auth := s.bearer("writer", "repository:idp-one:pull,push")
	response, body := s.send(http.MethodPost, "/v2/idp-one/blobs/uploads/", nil, auth)
	if response.StatusCode != http.StatusInsufficientStorage || !strings.Contains(body, "no space left on device") {
		t.Errorf("push: %s %s", response.Status, body)
	}
	if _, err := remote.Image(s.ref("idp-one:a"), s.forge("reader")...); err != nil {
		t.Error(err)
	}
}

func TestContentOutlivesARestart(t *testing.T) {
	dir := t.TempDir()
	s := start(t, dir, nil)
	s.push("idp-one:a", image(t), s.forge("writer"))
	s.stop()
	s = start(t, dir, nil)
	if _, err := remote.Image(s.ref("idp-one:a"), s.forge("reader")...); err != nil {
		t.Error(err)
	}
}

func blobsOnDisk(t *testing.T, dir string) []string {
	t.Helper()
	var left []string
	err := filepath.WalkDir(filepath.Join(dir, "images"), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.Contains(path, "/blobs/") {
			left = append(left, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return left
}
