package actions

import (
	"context"
	"fmt"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-github/v74/github"
)

const workflowDir = ".github/workflows"

// forge is the GitHub App's client of the forge.
type forge struct {
	cfg Config

	mu     sync.Mutex
	tokens map[string]*github.InstallationToken // by repository, for our own calls
}

func newForge(cfg Config) *forge {
	return &forge{cfg: cfg, tokens: map[string]*github.InstallationToken{}}
}

func (f *forge) client(token string) (*github.Client, error) {
	base := f.cfg.URL.String()
	return github.NewClient(f.cfg.HTTPClient).WithAuthToken(token).WithEnterpriseURLs(base, base)
}

// appToken signs the App's JWT. Its start lies in the past to allow for
// clocks that differ, as GitHub advises.
func (f *forge) appToken() (string, error) {
	begin := time.Now().Add(-time.Minute)
	return jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iat": begin.Unix(), "exp": begin.Add(10 * time.Minute).Unix(), "iss": strconv.FormatInt(f.cfg.AppID, 10),
	}).SignedString(f.cfg.AppKey)
}

// mint asks for an installation token of one repository.
func (f *forge) mint(ctx context.Context, repo string, permissions map[string]string) (*github.InstallationToken, error) {
	app, err := f.appToken()
	if err != nil {
		return nil, fmt.Errorf("sign App token: %w", err)
	}
	client, err := f.client(app)
	if err != nil {
		return nil, err
	}
	body := map[string]any{"repositories": []string{path.Base(repo)}, "permissions": permissions}
	request, err := client.NewRequest(http.MethodPost, "app/installations/1/access_tokens", body)
	if err != nil {
		return nil, err
	}
	var token github.InstallationToken
	if _, err := client.Do(ctx, request, &token); err != nil {
		return nil, fmt.Errorf("installation token for %s: %w", repo, err)
	}
	return &token, nil
}

// as returns a client with a token of ours for repo.
func (f *forge) as(ctx context.Context, repo string) (*github.Client, error) {
	f.mu.Lock()
	token := f.tokens[repo]
	f.mu.Unlock()
	if token == nil || time.Until(token.GetExpiresAt().Time) < 5*time.Minute {
		var err error
		if token, err = f.mint(ctx, repo, map[string]string{"contents": "read", "statuses": "write"}); err != nil {
			return nil, err
		}
		f.mu.Lock()
		f.tokens[repo] = token
		f.mu.Unlock()
	}
	return f.client(token.GetToken())
}

// forget drops a token that was refused, or may be of another repository.
func (f *forge) forget(repo string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.tokens, repo)
}

// workflows reads every workflow file at a commit: path to source.
func (f *forge) workflows(ctx context.Context, repo, ref string) (map[string]string, error) {
	// A token is for one repository, not for its name: one that was deleted and
	// made anew would look as if it had no workflows.
	f.forget(repo)
	client, err := f.as(ctx, repo)
	if err != nil {
		return nil, err
	}
	owner, name, _ := strings.Cut(repo, "/")
	at := &github.RepositoryContentGetOptions{Ref: ref}
	_, entries, response, err := client.Repositories.GetContents(ctx, owner, name, workflowDir, at)
	if response != nil && response.StatusCode == http.StatusNotFound {
		return nil, nil
	}
	if err != nil {
		f.forget(repo)
		return nil, fmt.Errorf("list workflows of %s at %s: %w", repo, ref, err)
	}
	sources := map[string]string{}
	for _, entry := range entries {
		if entry.GetType() != "file" || !isYAML(entry.GetName()) {
			continue
		}
		file, _, _, err := client.Repositories.GetContents(ctx, owner, name, entry.GetPath(), at)
		if err != nil {
			return nil, fmt.Errorf("read %s of %s: %w", entry.GetPath(), repo, err)
		}
		if sources[entry.GetPath()], err = file.GetContent(); err != nil {
			return nil, fmt.Errorf("read %s of %s: %w", entry.GetPath(), repo, err)
		}
	}
	return sources, nil
}

func isYAML(name string) bool {
	return strings.HasSuffix(name, ".yml") || strings.HasSuffix(name, ".yaml")
}
