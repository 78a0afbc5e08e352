package runner

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/pronto-platform/pronto/internal/base/secret"
)

// checkout is actions/checkout: the repository at one commit, with the
// credentials kept in its configuration so that a later git push works.
func checkout(ctx context.Context, s *step) error {
	g := s.assignment.GitHub
	repository := first(s.with["repository"], g.Repository)
	token := secret.New(first(s.with["token"], g.Token))
	s.mask.Add(token.Reveal())
	s.mask.Add("x-access-token:" + token.Reveal())
	dir := filepath.Join(s.dirs.workspace, s.with["path"])
	if rel, err := filepath.Rel(s.dirs.workspace, dir); err != nil || strings.HasPrefix(rel, "..") {
		return fmt.Errorf("path %q is outside the workspace", s.with["path"])
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	remote := g.ServerURL + "/" + repository
	if err := s.git(ctx, dir, "init", "-q", "-b", "main", "."); err != nil {
		return err
	}
	if err := s.git(ctx, dir, "remote", "add", "origin", remote); err != nil {
		return err
	}
	if err := storeCredentials(dir, g.ServerURL, token); err != nil {
		return err
	}
	if err := s.fetch(ctx, dir, repository == g.Repository); err != nil {
		return err
	}
	s.outputs["ref"] = first(s.with["ref"], g.Ref)
	if s.with["persist-credentials"] == "false" {
		return s.git(ctx, dir, "config", "--local", "--unset-all", "http."+g.ServerURL+"/.extraheader")
	}
	return nil
}

// storeCredentials writes the header into .git/config itself: on git's command
// line every process of the pod could read it.
func storeCredentials(dir, server string, token secret.String) error {
	basic := base64.StdEncoding.EncodeToString([]byte("x-access-token:" + token.Reveal()))
	f, err := os.OpenFile(filepath.Join(dir, ".git", "config"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("store credentials: %w", err)
	}
	_, err = fmt.Fprintf(f, "[http %q]\n\textraheader = AUTHORIZATION: basic %s\n", server+"/", basic)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("store credentials: %w", err)
	}
	return nil
}

// fetch gets the wanted ref and checks it out: the event's commit on its
// branch, unless ref names another.
func (s *step) fetch(ctx context.Context, dir string, own bool) error {
	g := s.assignment.GitHub
	source, branch := s.with["ref"], ""
	if source == "" && own {
		source = g.Sha
		branch, _ = strings.CutPrefix(g.Ref, "refs/heads/")
	}
	args := []string{"-c", "protocol.version=2", "fetch", "--no-tags", "--prune", "--no-recurse-submodules"}
	if depth := first(s.with["fetch-depth"], "1"); depth != "0" {
		args = append(args, "--depth="+depth, "origin", first(source, "HEAD"))
	} else {
		args = append(args, "--tags", "origin", "+refs/heads/*:refs/remotes/origin/*", first(source, "HEAD"))
	}
	if err := s.persist(ctx, func() (string, error) {
		s.said = ""
		err := s.git(ctx, dir, args...)
		return s.said, err
	}); err != nil {
		return err
	}
	if branch == "" || strings.HasPrefix(g.Ref, "refs/tags/") {
		return s.git(ctx, dir, "checkout", "-q", "--force", "--detach", "FETCH_HEAD")
	}
	if err := s.git(ctx, dir, "update-ref", "refs/remotes/origin/"+branch, g.Sha); err != nil {
		return err
	}
	return s.git(ctx, dir, "checkout", "-q", "--force", "-B", branch, "refs/remotes/origin/"+branch)
}

func (s *step) git(ctx context.Context, dir string, args ...string) error {
	s.log("[command]git " + strings.Join(args, " "))
	if err := s.command(ctx, dir, append([]string{"git"}, args...)...); err != nil {
		return fmt.Errorf("git %s: %w", args[0], err)
	}
	return nil
}
