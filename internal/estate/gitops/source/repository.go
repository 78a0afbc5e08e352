// Package source turns a git repository at a revision into Kubernetes objects.
package source

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"github.com/pronto-platform/pronto/internal/base/gitcmd"
)

// Repositories keeps a shallow bare mirror of each repository below Dir. Every
// mirror can be lost at any time: it is fetched again.
type Repositories struct {
	dir    string
	remote gitcmd.Remote
	client *http.Client

	mu      sync.Mutex
	mirrors map[string]*mirror
}

// NewRepositories keeps its mirrors in dir, which is created if needed. The
// credentials of remote go to URLs below remote.Origin and to no others; client
// reaches the same.
func NewRepositories(dir string, remote gitcmd.Remote, client *http.Client) (*Repositories, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("directory for mirrors: %w", err)
	}
	return &Repositories{dir: dir, remote: remote, client: client, mirrors: map[string]*mirror{}}, nil
}

// mirror is one repository on disk; its lock is held while git works in it.
type mirror struct {
	mu   sync.Mutex
	path string
}

func (r *Repositories) mirror(url string) *mirror {
	r.mu.Lock()
	defer r.mu.Unlock()
	found, ok := r.mirrors[url]
	if !ok {
		sum := sha256.Sum256([]byte(url))
		found = &mirror{path: filepath.Join(r.dir, hex.EncodeToString(sum[:12])+".git")}
		r.mirrors[url] = found
	}
	return found
}

var commitID = regexp.MustCompile(`^[0-9a-f]{40}$`)

// Resolve fetches what revision (a branch, a tag, a commit, or HEAD, which ""
// means too) names in the repository at url and returns the commit's id.
func (r *Repositories) Resolve(ctx context.Context, url, revision string) (string, error) {
	if err := checkURL(url); err != nil {
		return "", err
	}
	m := r.mirror(url)
	m.mu.Lock()
	defer m.mu.Unlock()
	sha, err := r.resolve(ctx, m, url, revision)
	if err != nil && damaged(err) {
		if err := os.RemoveAll(m.path); err != nil {
			return "", fmt.Errorf("replace damaged mirror of %s: %w", url, err)
		}
		sha, err = r.resolve(ctx, m, url, revision)
	}
	if err != nil {
		return "", fmt.Errorf("resolve %s of %s: %w", orHead(revision), url, err)
	}
	return sha, nil
}

func (r *Repositories) resolve(ctx context.Context, m *mirror, url, revision string) (string, error) {
	if err := r.prepare(ctx, m); err != nil {
		return "", err
	}
	git := gitcmd.Git{Dir: m.path, Remote: r.remote}
	var err error
	for _, name := range candidates(revision) {
		var sha string
		sha, err = fetch(ctx, git, url, name)
		if err == nil {
			return sha, nil
		}
		if !missingRef(err) {
			return "", err
		}
	}
	return "", err
}

func (r *Repositories) prepare(ctx context.Context, m *mirror) error {
	if _, err := os.Stat(filepath.Join(m.path, "HEAD")); err == nil {
		return nil
	}
	if err := os.MkdirAll(m.path, 0o700); err != nil {
		return err
	}
	_, err := gitcmd.Git{Dir: m.path}.Run(ctx, "init", "--quiet", "--bare")
	return err
}

// fetch gets one ref, without history, and returns its commit.
func fetch(ctx context.Context, git gitcmd.Git, url, name string) (string, error) {
	if commitID.MatchString(name) {
		if _, err := git.Run(ctx, "cat-file", "-e", name+"^{commit}"); err == nil {
			return name, nil
		}
	}
	local := "refs/pronto/" + name
	_, err := git.Run(ctx, "fetch", "--quiet", "--force", "--no-tags", "--depth=1",
		"--no-auto-maintenance", "--no-write-fetch-head", "--end-of-options", url, "+"+name+":"+local)
	if err != nil {
		return "", err
	}
	out, err := git.Run(ctx, "rev-parse", "--verify", "--quiet", local+"^{commit}")
	return strings.TrimSpace(string(out)), err
}

// candidates are the ref names that a target revision may stand for, the likely one first.
func candidates(revision string) []string {
	switch {
	case revision == "" || revision == "HEAD":
		return []string{"HEAD"}
	case commitID.MatchString(revision) || strings.HasPrefix(revision, "refs/"):
		return []string{revision}
	default:
		return []string{"refs/heads/" + revision, "refs/tags/" + revision}
	}
}

// Forget drops the mirror of url, for a hard refresh.
func (r *Repositories) Forget(url string) error {
	m := r.mirror(url)
	m.mu.Lock()
	defer m.mu.Unlock()
	return os.RemoveAll(m.path)
}

func checkURL(url string) error {
	if !strings.HasPrefix(url, "https://") && !strings.HasPrefix(url, "http://") {
		return fmt.Errorf("repository URL %q: only https:// and http:// are supported", url)
	}
	return nil
}

func orHead(revision string) string {
	if revision == "" {
		return "HEAD"
	}
	return revision
}

func missingRef(err error) bool {
	return strings.Contains(err.Error(), "couldn't find remote ref")
}

// damaged recognises a mirror that a kill or a full disk left unusable.
func damaged(err error) bool {
	var gitErr *gitcmd.Error
	if !errors.As(err, &gitErr) {
		return false
	}
	for _, sign := range []string{"not a git repository", ".lock'", "bad object", "object file", "corrupt", "unable to read tree"} {
		if strings.Contains(gitErr.Stderr, sign) {
			return true
		}
	}
	return false
}
