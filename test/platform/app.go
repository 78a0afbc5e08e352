package platform

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/pronto-platform/pronto/internal/client"
)

// App is what `pronto app NAME -o json` says.
func (p *Platform) App(ctx context.Context, name string) (client.App, error) {
	var app client.App
	raw, err := p.Run(ctx, "app", name, "-o", "json")
	if err != nil {
		return app, err
	}
	err = json.Unmarshal([]byte(raw), &app)
	return app, err
}

// Create makes an application from the nodejs template and waits until it is live.
func (p *Platform) Create(ctx context.Context, name string, sets ...string) (client.App, error) {
	return p.CreateFrom(ctx, "nodejs", name, sets...)
}

// CreateFrom makes an application from a template and waits until it is live.
func (p *Platform) CreateFrom(ctx context.Context, template, name string, sets ...string) (client.App, error) {
	args := []string{"create", name, "--template", template, "--wait", "-o", "json"}
	for _, s := range sets {
		args = append(args, "--set", s)
	}
	var app client.App
	raw, err := p.Run(ctx, args...)
	if raw != "" {
		err = errors.Join(err, json.Unmarshal([]byte(raw), &app))
	}
	return app, err
}

// Delete removes an application and waits until everything is proved gone.
func (p *Platform) Delete(ctx context.Context, name string) error {
	_, err := p.Run(ctx, "delete", name, "--wait")
	return err
}

// Clone is a work tree of the application's repository, made with plain git.
func (p *Platform) Clone(ctx context.Context, dir, name string) (string, error) {
	work := filepath.Join(dir, name)
	_, err := p.Tool(ctx, dir, "git", "clone", "--quiet", p.Env["PRONTO_GIT"]+"/apps/idp-"+name+".git", work)
	return work, err
}

// Commit commits everything in a work tree, on top of what the default branch
// holds by now (the pipeline commits there too), and returns the commit.
func (p *Platform) Commit(ctx context.Context, work, message string) (string, error) {
	identity := []string{"-c", "user.name=Ana", "-c", "user.email=ana@example.com"}
	for _, args := range [][]string{
		append(identity, "commit", "--quiet", "--all", "--message", message),
		append(identity, "pull", "--quiet", "--rebase", "origin", "main"),
	} {
		if _, err := p.Tool(ctx, work, "git", args...); err != nil {
			return "", err
		}
	}
	return p.Tool(ctx, work, "git", "rev-parse", "HEAD")
}

// Push pushes a work tree's commits with plain git.
func (p *Platform) Push(ctx context.Context, work string) error {
	_, err := p.Tool(ctx, work, "git", "push", "--quiet", "origin", "HEAD:main")
	return err
}

// RolledOut waits until the new pods are ready and the old ones have gone.
func (p *Platform) RolledOut(ctx context.Context, name string) error {
	if _, err := p.Kubectl(ctx, "rollout", "status", "-n", name, "deploy/"+name); err != nil {
		return err
	}
	return Eventually(ctx, "end of the old pods of "+name, func(ctx context.Context) error {
		const columns = "custom-columns=D:.metadata.deletionTimestamp"
		leaving, err := p.Kubectl(ctx, "get", "pods", "-n", name, "--no-headers", "-o", columns)
		for _, at := range strings.Fields(leaving) {
			if at != "<none>" {
				return fmt.Errorf("one is on its way out since %s", at)
			}
		}
		return err
	})
}
