package scm_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-github/v74/github"

	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/platform/scm"
)

func client(t *testing.T, handler http.HandlerFunc) *scm.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	c, err := scm.New(scm.Config{APIURL: server.URL, Token: secret.New("ghp_x"), HTTPClient: server.Client()})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestARepositoryThatIsNotThereIsNotFound(t *testing.T) {
	var path, authorization string
	c := client(t, func(w http.ResponseWriter, r *http.Request) {
		path, authorization = r.URL.Path, r.Header.Get("Authorization")
		http.NotFound(w, r)
	})
	if _, err := c.Repository(t.Context(), "apps", "x"); !errors.Is(err, scm.ErrNotFound) {
		t.Errorf("Repository = %v, want ErrNotFound", err)
	}
	if path != "/api/v3/repos/apps/x" || authorization != "Bearer ghp_x" {
		t.Errorf("asked %s as %q", path, authorization)
	}
	if err := c.DeleteRepository(t.Context(), "apps", "x"); err != nil {
		t.Errorf("deleting what is not there = %v", err)
	}
}

func TestATakenNameIsKnownFromOtherRefusals(t *testing.T) {
	for body, want := range map[string]bool{
		`{"errors":[{"code":"custom","message":"name already exists on this account"}]}`: true,
		`{"errors":[{"code":"already_exists","field":"name"}]}`:                          true,
		`{"errors":[{"code":"invalid","field":"name"}]}`:                                 false,
	} {
		c := client(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusUnprocessableEntity)
			_, _ = io.WriteString(w, body)
		})
		if _, err := c.CreateRepository(t.Context(), "apps", &github.Repository{Name: github.Ptr("x")}); scm.Exists(err) != want {
			t.Errorf("%s: Exists = %v, want %v", body, !want, want)
		}
	}
}
