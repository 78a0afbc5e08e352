package gitcmd_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
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

func TestACancelledGitEndsWithItsHelpers(t *testing.T) {
	dir := t.TempDir()
	started, ended := filepath.Join(dir, "started"), filepath.Join(dir, "ended")
	for _, name := range []string{started, ended} {
		if err := syscall.Mkfifo(name, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// The helper holds the second pipe open for as long as it lives.
	helper := "!exec 9>" + ended + "; echo up >" + started + "; sleep 600"
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	over := make(chan error, 1)
	go func() {
		_, err := gitcmd.Git{Dir: dir}.Run(ctx, "-c", "alias.hang="+helper, "hang")
		over <- err
	}()
	hold, err := os.OpenFile(ended, os.O_RDONLY, 0) // returns once the helper has opened its end
	if err != nil {
		t.Fatal(err)
	}
	defer hold.Close()
	if _, err := os.ReadFile(started); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-over; err == nil {
		t.Error("a cancelled git ended well")
	}
	if _, err := io.ReadAll(hold); err != nil { // ends when the last holder is gone
		t.Error(err)
	}
}
