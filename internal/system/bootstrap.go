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
func (w *wiring) images() part.Part {
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

func (w *wiring) receivers() []hook {
	return []hook{
		{w.cfg.URL("git").JoinPath("_services/actions/webhook"), w.creds.ActionsWebhook, []string{"push"}},
		{w.cfg.URL("argocd").JoinPath("api/webhook"), w.creds.GitOpsWebhook, []string{"push", "repository"}},
		{w.cfg.URL("portal").JoinPath("api/webhooks/github"), w.creds.PortalWebhook, []string{"push", "repository"}},
	}
}

// hooks is ready when the forge tells actions, gitops and the portal of every push.
func (w *wiring) hooks() part.Part {
	return part.Func(partHooks, func(ctx context.Context, ready func()) error {
		forge, err := w.scm()
		if err != nil {
			return err
		}
		for _, h := range w.receivers() {
			if err := forge.EnsureHook(ctx, w.cfg.Organization, h.url.String(), h.secret, h.events); err != nil {
				return err
			}
		}
		ready()
		<-ctx.Done()
		return nil
	})
}

// scm is the forge's API as its administrator.
func (w *wiring) scm() (*scm.Client, error) {
	return scm.New(scm.Config{APIURL: w.cfg.URL("git").String(), Token: w.creds.ForgeToken, HTTPClient: w.http})
}
