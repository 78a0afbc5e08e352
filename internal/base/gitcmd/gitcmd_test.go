package gitcmd_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pronto-platform/pronto/internal/base/gitcmd"
	"github.com/pronto-platform/pronto/internal/base/secret"
)

func TestATokenReachesTheServerButNotTheCommandLine(t *testing.T) {
	var got string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, got, _ = r.BasicAuth()
		http.Error(w, "no", http.StatusNotFound)
	}))
	defer server.Close()
	git := gitcmd.Git{Dir: t.TempDir(), Remote: gitcmd.Remote{Origin: server.URL + "/", Token: secret.New("ghp_s3cret")}}
	_, err := git.Run(t.Context(), "ls-remote", server.URL+"/a/b.git")
	if got != "ghp_s3cret" {
		t.Errorf("the server saw token %q", got)
	}
	var gitErr *gitcmd.Error
	if !errors.As(err, &gitErr) || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("error = %v, want a *gitcmd.Error without the token", err)
	}
}
