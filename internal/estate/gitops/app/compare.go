package app

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"sync"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/diff"
	engine "github.com/argoproj/argo-cd/gitops-engine/pkg/sync"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync/common"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/kube"
	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
	"github.com/pronto-platform/pronto/internal/estate/gitops/cluster"
)

// comparison is what git wants beside what is there.
type comparison struct {
	revision   string
	sourceType string
	state      engine.ReconciliationResult
	sync       string
	health     argo.AppHealthStatus
	resources  []argo.ResourceStatus
	summary    argo.ApplicationSummary
	conditions []argo.ApplicationCondition
	deleting   map[string]bool // resources to prune whose deletion is under way
	err        string          // why there is no comparison
}

// outOfSync are the resources that a sync would do something about.
func (c *comparison) outOfSync() []argo.ResourceStatus {
	var found []argo.ResourceStatus
	for _, resource := range c.resources {
		if resource.Status != argo.SyncStatusSynced && !c.deleting[resourceOrder(resource)] {
			found = append(found, resource)
		}
	}
	return found
}

// comparer compares objects, remembering the answers of the server.
type comparer struct {
	live *cluster.Live

	mu    sync.Mutex
	known map[string]map[kube.ResourceKey]verdict // by application
}

// verdict is the last answer for one object: modified or not, for these very texts.
type verdict struct {
	texts    [sha256.Size]byte
	modified bool
}

func newComparer(live *cluster.Live) *comparer {
	return &comparer{live: live, known: map[string]map[kube.ResourceKey]verdict{}}
}

func (c *comparer) forget(app string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.known, app)
}

// compare holds the targets against the cluster.
func (c *comparer) compare(ctx context.Context, app *argo.Application, revision, sourceType string, objects []*unstructured.Unstructured) (*comparison, error) {
	targets, warnings := prepareTargets(app, copies(objects), c.live.Scope)
	managed, err := c.live.Managed(app.Name, targets)
	if err != nil {
		return nil, fmt.Errorf("read live state: %w", err)
	}
	state := engine.Reconcile(targets, managed, app.Spec.Destination.Namespace, c.live)
	modified, err := c.differences(ctx, app, state)
	if err != nil {
		return nil, err
	}
	result := &comparison{revision: revision, sourceType: sourceType, state: state, sync: argo.SyncStatusSynced, deleting: map[string]bool{}}
	result.conditions = append(warnings, sharedWarnings(app.Name, state.Live)...)
	for i := range state.Target {
		resource := resourceStatus(state.Target[i], state.Live[i], modified[i])
		if resource.Status == argo.SyncStatusOutOfSync {
			result.sync = argo.SyncStatusOutOfSync
		}
		if resource.RequiresPruning && state.Live[i].GetDeletionTimestamp() != nil {
			result.deleting[resourceOrder(resource)] = true
		}
		result.resources = append(result.resources, resource)
	}
	sort.Slice(result.resources, func(i, j int) bool {
		return resourceOrder(result.resources[i]) < resourceOrder(result.resources[j])
	})
	result.health = appHealth(state, result.resources)
	result.summary = summarize(state.Live)
	return result, nil
}

// differences says for each pair whether an apply would change the live object.
func (c *comparer) differences(ctx context.Context, app *argo.Application, state engine.ReconciliationResult) ([]bool, error) {
	modified := make([]bool, len(state.Target))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(8)
	for i := range state.Target {
		group.Go(func() error {
			changed, err := c.differs(ctx, app, state.Target[i], state.Live[i])
			modified[i] = changed
			return err
		})
	}
	return modified, group.Wait()
}

func (c *comparer) differs(ctx context.Context, app *argo.Application, target, live *unstructured.Unstructured) (bool, error) {
	switch {
	case target == nil:
		return false, nil
	case live == nil:
		return true, nil
	}
	key := kube.GetResourceKey(live)
	texts, err := fingerprint(target, live)
	if err != nil {
		return false, err
	}
	c.mu.Lock()
	last, ok := c.known[app.Name][key]
	c.mu.Unlock()
	if ok && last.texts == texts {
		return last.modified, nil
	}
	result, err := diff.Diff(target.DeepCopy(), live.DeepCopy(),
		diff.WithServerSideDiff(true), diff.WithServerSideDryRunner(runner{ctx, c.live.DryRunner()}),
		diff.WithIgnoreMutationWebhook(false), diff.WithManager(cluster.FieldManager),
		diff.WithNormalizer(normalizer{app.Spec.IgnoreDifferences}))
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if err != nil {
		return true, nil //nolint:nilerr // the server refuses the target: the sync will say why
	}
	c.remember(app.Name, key, verdict{texts, result.Modified})
	return result.Modified, nil
}

func (c *comparer) remember(app string, key kube.ResourceKey, found verdict) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known[app] == nil {
		c.known[app] = map[kube.ResourceKey]verdict{}
	}
	c.known[app][key] = found
}

// runner carries the caller's context through the engine, which has none to give.
type runner struct {
	ctx context.Context //nolint:containedctx // the engine calls Run with context.Background()
	to  diff.ServerSideDryRunner
}

func (r runner) Run(_ context.Context, obj *unstructured.Unstructured, manager string) (string, error) {
	return r.to.Run(r.ctx, obj, manager)
}

// fingerprint covers all of target, and of live what an apply could change.
func fingerprint(target, live *unstructured.Unstructured) ([sha256.Size]byte, error) {
	live = live.DeepCopy()
	stripObserved(live)
	unstructured.RemoveNestedField(live.Object, "metadata", "managedFields")
	text, err := json.Marshal([]any{target.Object, live.Object})
	if err != nil {
		return [sha256.Size]byte{}, fmt.Errorf("encode %s/%s: %w", live.GetKind(), live.GetName(), err)
	}
	return sha256.Sum256(text), nil
}

func stripObserved(object *unstructured.Unstructured) {
	unstructured.RemoveNestedField(object.Object, "status")
	unstructured.RemoveNestedField(object.Object, "metadata", "generation")
	unstructured.RemoveNestedField(object.Object, "metadata", "resourceVersion")
}

func resourceStatus(target, live *unstructured.Unstructured, modified bool) argo.ResourceStatus {
	object := target
	if object == nil {
		object = live
	}
	gvk := object.GroupVersionKind()
	resource := argo.ResourceStatus{
		Group: gvk.Group, Version: gvk.Version, Kind: gvk.Kind, Namespace: object.GetNamespace(), Name: object.GetName(),
		Status: argo.SyncStatusSynced, SyncWave: waveOf(object), RequiresPruning: target == nil && live != nil,
	}
	if modified || resource.RequiresPruning {
		resource.Status = argo.SyncStatusOutOfSync
	}
	resource.Health = resourceHealth(object, live)
	return resource
}

func waveOf(object *unstructured.Unstructured) int64 {
	wave, err := strconv.ParseInt(object.GetAnnotations()[common.AnnotationSyncWave], 10, 64)
	if err != nil {
		return 0
	}
	return wave
}

func resourceOrder(r argo.ResourceStatus) string {
	return r.Group + "\x00" + r.Kind + "\x00" + r.Namespace + "\x00" + r.Name
}

func copies(objects []*unstructured.Unstructured) []*unstructured.Unstructured {
	out := make([]*unstructured.Unstructured, len(objects))
	for i, object := range objects {
		out[i] = object.DeepCopy()
	}
	return out
}
