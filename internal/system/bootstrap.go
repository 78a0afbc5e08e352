package system

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"runtime"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-github/v74/github"

	"github.com/pronto-platform/pronto/internal/base/images"
	"github.com/pronto-platform/pronto/internal/base/part"
	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/platform/scm"
)

// Tags of the images that Pronto makes.
const (
	nodejsImage = "base/nodejs:20"
	runnerImage = "base/runner:1"
)

// registryAdminUser may push base images and delete every image.
const registryAdminUser = "admin"

// images is ready when the registry holds the base images.
func (w wiring) images() part.Part {
	return part.Func(partImages, func(ctx context.Context, ready func()) error {
		made, err := makeImages(ctx, func(line string) { w.logger(partImages).Info(line) })
		if err != nil {
			return err
		}
		auth := &authn.Basic{Username: registryAdminUser, Password: w.creds.RegistryAdmin.Reveal()}
		for ref, img := range made {
			name := w.cfg.Authority("registry") + "/" + ref
			if err := images.Push(ctx, img, name, auth, w.http.Transport); err != nil {
				return err
			}
		}
		ready()
		<-ctx.Done()
		return nil
	})
}

// makeImages takes the base images from the machine's cache, or makes them.
func makeImages(ctx context.Context, progress func(string)) (map[string]v1.Image, error) {
	cache := images.Default()
	nodejs, err := cache.Ensure(ctx, images.NodeJS(runtime.GOARCH), progress)
	if err != nil {
		return nil, err
	}
	root, err := cache.Ensure(ctx, images.Runner(runtime.GOARCH), progress)
	if err != nil {
		return nil, err
	}
	runnerBinary, err := binary("pronto-runner")
	if err != nil {
		return nil, err
	}
	runner, err := images.WithRunner(root.Image, runnerBinary)
	if err != nil {
		return nil, err
	}
	return map[string]v1.Image{nodejsImage: nodejs.Image, runnerImage: runner}, nil
}

// MakeImages fills the machine's cache of base images.
func MakeImages(ctx context.Context, out io.Writer) error {
	began := time.Now()
	made, err := makeImages(ctx, func(line string) { fmt.Fprintln(out, line) })
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%d base images in the cache (%.1f s)\n", len(made), time.Since(began).Seconds())
	return err
}

// hook is a receiver of the organisation's events.
type hook struct {
	url    *url.URL
	secret secret.String
	events []string
}

func (w wiring) receivers() []hook {
	return []hook{
		{w.cfg.URL("git").JoinPath("_services/actions/webhook"), w.creds.ActionsWebhook, []string{"push"}},
		{w.cfg.URL("argocd").JoinPath("api/webhook"), w.creds.GitOpsWebhook, []string{"push", "repository"}},
		{w.cfg.URL("portal").JoinPath("api/webhooks/github"), w.creds.PortalWebhook, []string{"push", "repository"}},
	}
}

// hooks is ready when the forge tells actions, gitops and the portal of every push.
func (w wiring) hooks() part.Part {
	return part.Func(partHooks, func(ctx context.Context, ready func()) error {
		forge, err := w.scm()
		if err != nil {
			return err
		}
		if err := ensureHooks(ctx, forge, w.cfg.Organization, w.receivers()); err != nil {
			return err
		}
		ready()
		<-ctx.Done()
		return nil
	})
}

func ensureHooks(ctx context.Context, forge *scm.Client, organization string, wanted []hook) error {
	present, _, err := forge.Organizations.ListHooks(ctx, organization, &github.ListOptions{PerPage: 100})
	if err != nil {
		return fmt.Errorf("list webhooks of %s: %w", organization, err)
	}
	have := map[string]bool{}
	for _, h := range present {
		have[h.GetConfig().GetURL()] = true
	}
	for _, h := range wanted {
		if have[h.url.String()] {
			continue
		}
		_, _, err := forge.Organizations.CreateHook(ctx, organization, &github.Hook{
			Name: github.Ptr("web"), Active: github.Ptr(true), Events: h.events,
			Config: &github.HookConfig{
				URL: github.Ptr(h.url.String()), ContentType: github.Ptr("json"),
				Secret: github.Ptr(h.secret.Reveal()), InsecureSSL: github.Ptr("0"),
			},
		})
		if err != nil {
			return fmt.Errorf("create webhook %s: %w", h.url, err)
		}
	}
	return nil
}

// scm is the forge's API as its administrator.
func (w wiring) scm() (*scm.Client, error) {
	return scm.New(scm.Config{APIURL: w.cfg.URL("git").String(), Token: w.creds.ForgeToken, HTTPClient: w.http})
}
