package app

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
	"github.com/pronto-platform/pronto/internal/estate/gitops/project"
)

// fetched is what git said last.
type fetched struct {
	source     argo.ApplicationSource
	revision   string
	sourceType string
	objects    []*unstructured.Unstructured
	at         time.Time
	err        error // of the last try; the rest is of the last success
}

// reconcile brings status and cluster up to date and returns when to look again.
func (w *work) reconcile(ctx context.Context) (time.Duration, error) {
	owner, problems, err := w.validate(ctx)
	if err != nil {
		return 0, err
	}
	if len(problems) > 0 {
		w.invalid(problems)
		return w.poll(), nil
	}
	git := w.refresh(ctx)
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	compared, err := w.compareWith(ctx, git)
	if err != nil {
		return 0, err
	}
	after, err := w.operate(ctx, owner, compared)
	if err != nil {
		return 0, err
	}
	return soonest(after, w.nextFetch(git)), nil
}

// validate returns the project, and what is wrong with the spec for a person to mend.
func (w *work) validate(ctx context.Context) (*argo.AppProject, []string, error) {
	spec := w.app.Spec
	if spec.Source == nil || spec.Source.RepoURL == "" {
		if len(spec.Sources) > 0 {
			return nil, []string{"spec.sources is not supported: use spec.source"}, nil
		}
		return nil, []string{"spec.source.repoURL is required"}, nil
	}
	destination := project.Normalized(spec.Destination)
	switch {
	case destination.Server == "" && destination.Name == "":
		return nil, []string{"Destination server missing from app spec"}, nil
	case destination.Server != argo.KubernetesInClusterServer || destination.Name != argo.KubernetesInClusterName:
		return nil, []string{fmt.Sprintf("there are no clusters with this name: %s%s: only %s (%s) is served",
			destination.Name, destination.Server, argo.KubernetesInClusterServer, argo.KubernetesInClusterName)}, nil
	}
	name := spec.Project
	if name == "" {
		name = argo.DefaultProject
	}
	owner := &argo.AppProject{}
	err := w.client.Get(ctx, client.ObjectKey{Namespace: w.cfg.Namespace, Name: name}, owner)
	if apierrors.IsNotFound(err) {
		return nil, []string{fmt.Sprintf("Application referencing project %s which does not exist", name)}, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read project %s: %w", name, err)
	}
	return owner, project.CheckApplication(owner, w.app), nil
}

func (w *work) invalid(problems []string) {
	var conditions []argo.ApplicationCondition
	for _, message := range problems {
		conditions = append(conditions, argo.ApplicationCondition{Type: argo.ConditionInvalidSpecError, Message: message})
	}
	delete(w.app.Annotations, argo.AnnotationRefresh)
	w.app.Status.Sync = argo.SyncStatus{Status: argo.SyncStatusUnknown, ComparedTo: comparedTo(w.app)}
	w.setHealth(argo.AppHealthStatus{Status: "Unknown"})
	w.setConditions(conditions)
}

// refresh asks git again where that is due, and returns what is known.
func (w *work) refresh(ctx context.Context) fetched {
	w.mu.Lock()
	known := w.remembered(w.app.Name)
	git, requested := known.fetched, known.requested
	known.requested = false
	w.mu.Unlock()
	asked := w.app.Annotations[argo.AnnotationRefresh]
	same := equality.Semantic.DeepEqual(git.source, *w.app.Spec.Source)
	if same && !requested && asked == "" && w.now().Before(git.at.Add(w.interval(git))) {
		return git
	}
	if !same {
		git = fetched{source: *w.app.Spec.Source.DeepCopy()}
	}
	polled := same && !requested && asked == ""
	still := polled && w.unmoved(ctx, git)
	if still {
		git.at = w.now()
	} else {
		w.fetch(ctx, &git, asked == argo.RefreshHard)
	}
	w.mu.Lock()
	known = w.remembered(w.app.Name)
	known.fetched = git
	if known.failures++; git.err == nil {
		known.failures = 0
	}
	w.mu.Unlock()
	if still {
		return git // nothing to write, and nobody to wake
	}
	delete(w.app.Annotations, argo.AnnotationRefresh)
	w.app.Status.ReconciledAt = stamp(w.now())
	return git
}

// unmoved reports whether git names the revision that is known still.
func (w *work) unmoved(ctx context.Context, git fetched) bool {
	return git.err == nil && git.revision != "" &&
		w.cfg.Repositories.Names(ctx, git.source.RepoURL, git.source.TargetRevision, git.revision)
}

func (w *work) fetch(ctx context.Context, git *fetched, hard bool) {
	git.at, git.err = w.now(), nil
	if hard {
		git.revision = ""
		if git.err = w.cfg.Repositories.Forget(git.source.RepoURL); git.err != nil {
			return
		}
	}
	revision, err := w.cfg.Repositories.Resolve(ctx, git.source.RepoURL, git.source.TargetRevision)
	if err != nil {
		git.err = err
		return
	}
	if revision == git.revision {
		return
	}
	objects, sourceType, err := w.cfg.Repositories.Manifests(ctx, git.source, revision)
	if err != nil {
		git.err = fmt.Errorf("Failed to load target state: %w", err) //nolint:staticcheck // Argo CD's condition, word for word
		return
	}
	git.revision, git.objects, git.sourceType = revision, objects, sourceType
	w.log.Info("new revision", "rev", revision, "objects", len(objects))
}

// compareWith compares and writes the outcome into the status. After an error
// of git the last manifests that were read are compared, for the health; the
// sync status is Unknown then.
func (w *work) compareWith(ctx context.Context, git fetched) (*comparison, error) {
	compared := &comparison{sync: argo.SyncStatusUnknown}
	if git.revision != "" {
		var err error
		compared, err = w.diffs.compare(ctx, w.app, git.revision, git.sourceType, git.objects)
		if err != nil {
			return nil, fmt.Errorf("compare %s: %w", w.app.Name, err)
		}
	}
	if git.err != nil {
		compared.err, compared.sync = git.err.Error(), argo.SyncStatusUnknown
	}
	w.record(compared, git.revision != "")
	return compared, nil
}

// record puts a comparison into the status. Without manifests (known is
// false) the resources of the last comparison stay.
func (w *work) record(compared *comparison, known bool) {
	status := &w.app.Status
	status.Sync = argo.SyncStatus{Status: compared.sync, ComparedTo: comparedTo(w.app), Revision: compared.revision}
	status.ControllerNamespace = w.cfg.Namespace
	if known {
		carryTransitions(status.Resources, compared.resources, w.now())
		status.Resources, status.Summary, status.SourceType = compared.resources, compared.summary, compared.sourceType
		w.setHealth(compared.health)
	} else if status.Health.Status == "" {
		w.setHealth(argo.AppHealthStatus{Status: "Unknown"})
	}
	conditions := compared.conditions
	if compared.err != "" {
		conditions = append(conditions, argo.ApplicationCondition{Type: argo.ConditionComparisonError, Message: compared.err})
	}
	w.setConditions(conditions)
}

// interval is the time between two looks at git: the poll interval, or less after an error.
func (w *work) interval(git fetched) time.Duration {
	if git.err == nil {
		return w.cfg.PollInterval
	}
	w.mu.Lock()
	failures := w.remembered(w.app.Name).failures
	w.mu.Unlock()
	return min(firstRetry<<min(max(failures-1, 0), 10), lastRetry, w.cfg.PollInterval)
}

func (w *work) nextFetch(git fetched) time.Duration {
	left := git.at.Add(w.interval(git)).Sub(w.now())
	if git.err == nil {
		left += rand.N(w.cfg.PollInterval/10 + 1) // so that polls spread out
	}
	return max(left, time.Millisecond)
}

func (w *work) poll() time.Duration { return w.cfg.PollInterval }

// soonest is the least of the durations that are not zero.
func soonest(durations ...time.Duration) time.Duration {
	least := time.Duration(0)
	for _, d := range durations {
		if d > 0 && (least == 0 || d < least) {
			least = d
		}
	}
	return least
}
