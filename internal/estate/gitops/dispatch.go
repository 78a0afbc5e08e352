package gitops

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"regexp"
	"strings"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
	"github.com/pronto-platform/pronto/internal/estate/gitops/scm"
)

// dispatcher turns events of the forge into work of the controllers.
type dispatcher struct {
	client    client.Reader
	namespace string
	log       *slog.Logger
	refresh   func(app string)
	sets      generators
}

// generators are the ApplicationSets'.
type generators interface {
	// Announce runs them for one repository.
	Announce(ctx context.Context, owner, name string) error
	// Regenerate runs them for all repositories after a while.
	Regenerate(ctx context.Context, after time.Duration) error
}

// calm is how long after a push all repositories are looked at; what the
// pushed one gives is generated at once.
const calm = time.Minute

// run ends with ctx.
func (d *dispatcher) run(ctx context.Context, events <-chan pushEvent) {
	for {
		select {
		case <-ctx.Done():
			return
		case event := <-events:
			d.dispatch(ctx, event)
		}
	}
}

func (d *dispatcher) dispatch(ctx context.Context, event pushEvent) {
	if event.kind == "push" {
		d.refreshApps(ctx, event)
	}
	if err := d.generate(ctx, event); err != nil && ctx.Err() == nil {
		d.log.Error("generate application sets after an event", "error", err)
	}
}

func (d *dispatcher) generate(ctx context.Context, event pushEvent) error {
	owner, name, err := scm.SplitURL(event.Repository.HTMLURL)
	switch {
	case err != nil || event.kind != "push" && event.Action != "created": // perhaps it is gone
		return d.sets.Regenerate(ctx, 0)
	case event.kind == "push":
		if err := d.sets.Announce(ctx, owner, name); err != nil {
			return errors.Join(err, d.sets.Regenerate(ctx, 0))
		}
	}
	return d.sets.Regenerate(ctx, calm)
}

func (d *dispatcher) refreshApps(ctx context.Context, event pushEvent) {
	names := repositoryURL(event.Repository.HTMLURL)
	if names == nil {
		d.log.Warn("push of a repository whose html_url is no address", "url", event.Repository.HTMLURL)
		return
	}
	var apps argo.ApplicationList
	if err := d.client.List(ctx, &apps, client.InNamespace(d.namespace), client.UnsafeDisableDeepCopy); err != nil {
		d.log.Error("list applications after a push", "error", err)
		return
	}
	for _, app := range apps.Items {
		source := app.Spec.Source
		if source != nil && names.MatchString(source.RepoURL) && concerns(event, source.TargetRevision) {
			d.refresh(app.Name)
		}
	}
}

// repositoryURL matches the clone URLs of the repository with a page at html:
// the host name and the path must be equal; scheme, user, port and ".git" need not.
func repositoryURL(html string) *regexp.Regexp {
	parsed, err := url.Parse(html)
	if err != nil || parsed.Hostname() == "" || strings.Trim(parsed.Path, "/") == "" {
		return nil
	}
	host := regexp.QuoteMeta(parsed.Hostname())
	path := regexp.QuoteMeta(strings.Trim(parsed.Path, "/"))
	return regexp.MustCompile(`(?i)^((https?|ssh)://)?([^/@]+@)?((alt)?ssh\.)?` + host + `(:[0-9]+)?[:/]/?` + path + `(\.git)?/?$`)
}

// concerns says whether a push moved what a target revision names.
func concerns(event pushEvent, targetRevision string) bool {
	pushed := strings.TrimPrefix(strings.TrimPrefix(event.Ref, "refs/heads/"), "refs/tags/")
	target := strings.TrimPrefix(strings.TrimPrefix(targetRevision, "refs/heads/"), "refs/tags/")
	if target == "" || target == "HEAD" {
		return pushed == event.Repository.DefaultBranch
	}
	return pushed == target
}
