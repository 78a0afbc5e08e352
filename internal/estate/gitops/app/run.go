package app

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	engine "github.com/argoproj/argo-cd/gitops-engine/pkg/sync"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync/common"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/kube"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
	"github.com/pronto-platform/pronto/internal/estate/gitops/cluster"
	"github.com/pronto-platform/pronto/internal/estate/gitops/project"
)

// outcome is how far one step came.
type outcome struct {
	phase, message string
	resources      []argo.ResourceResult
}

// run lets gitops-engine take one step of the operation.
func (w *work) run(state *argo.OperationState, owner *argo.AppProject, plan *comparison) (*outcome, error) {
	options := optionSet(state.Operation.Sync.SyncOptions)
	if options.has("FailOnSharedResource=true") {
		for _, condition := range plan.conditions {
			if condition.Type == argo.ConditionSharedResourceWarning {
				return &outcome{phase: argo.OperationFailed, message: "Shared resource found: " + condition.Message}, nil
			}
		}
	}
	sync, cleanup, err := w.live.NewSync(state.SyncResult.Revision, plan.state, w.app.Spec.Destination.Namespace, w.syncOptions(state, owner, plan, options)...)
	if err != nil {
		return nil, fmt.Errorf("prepare sync: %w", err)
	}
	defer cleanup()
	if state.Phase == argo.OperationTerminating {
		sync.Terminate()
	} else {
		sync.Sync()
	}
	phase, message, results := sync.GetState()
	return &outcome{phase: string(phase), message: message, resources: resourceResults(results)}, nil
}

func (w *work) syncOptions(state *argo.OperationState, owner *argo.AppProject, plan *comparison, options optionSet) []engine.SyncOpt {
	request := state.Operation.Sync
	applyOnly := request.SyncStrategy != nil && request.SyncStrategy.Apply != nil
	force := applyOnly && request.SyncStrategy.Apply.Force ||
		request.SyncStrategy != nil && request.SyncStrategy.Hook != nil && request.SyncStrategy.Hook.Force
	opts := []engine.SyncOpt{
		engine.WithLogr(w.engine),
		engine.WithOperationSettings(request.DryRun, request.Prune, force || options.has("Force=true"), applyOnly || len(request.Resources) > 0),
		engine.WithPermissionValidator(permissions(owner, w.app.Spec.Destination)),
		engine.WithInitialState(common.OperationPhase(state.Phase), state.Message, syncResults(state.SyncResult.Resources), state.StartedAt),
		engine.WithManifestValidation(!options.has("Validate=false")),
		engine.WithPruneLast(options.has("PruneLast=true")),
		engine.WithReplace(options.has("Replace=true")),
		engine.WithServerSideApply(true),
		engine.WithServerSideApplyManager(cluster.FieldManager),
		engine.WithClientSideApplyMigration(!options.has("ClientSideApplyMigration=false"), ""),
		engine.WithSkipDryRunOnMissingResource(options.has("SkipDryRunOnMissingResource=true")),
		engine.WithPrunePropagationPolicy(options.propagation()),
		engine.WithResourcesFilter(selection(request.Resources, options.has("ApplyOutOfSyncOnly=true"), state, plan)),
	}
	if prune := options.value("Prune"); prune != "" {
		opts = append(opts, engine.WithDefaultPruneOption(&prune))
	}
	if options.has("CreateNamespace=true") {
		opts = append(opts, engine.WithNamespaceModifier(w.namespaceModifier()))
	}
	return opts
}

// permissions lets the engine ask the project about every object.
func permissions(owner *argo.AppProject, destination argo.ApplicationDestination) common.PermissionValidator {
	return func(object *unstructured.Unstructured, resource *metav1.APIResource) error {
		gvk := object.GroupVersionKind()
		message := project.CheckResource(owner, destination, gvk.Group, gvk.Kind, object.GetNamespace(), object.GetName(), resource.Namespaced)
		if message != "" {
			return errors.New(message)
		}
		return nil
	}
}

// selection limits a sync to the resources that were asked for, or to those
// that differ; what this operation has touched stays in it.
func selection(resources []argo.SyncOperationResource, outOfSyncOnly bool, state *argo.OperationState, plan *comparison) func(kube.ResourceKey, *unstructured.Unstructured, *unstructured.Unstructured) bool {
	if len(resources) == 0 && !outOfSyncOnly {
		return nil
	}
	wanted := map[kube.ResourceKey]bool{}
	for _, resource := range resources {
		wanted[kube.NewResourceKey(resource.Group, resource.Kind, resource.Namespace, resource.Name)] = true
	}
	if len(resources) == 0 {
		for _, resource := range plan.outOfSync() {
			wanted[kube.NewResourceKey(resource.Group, resource.Kind, resource.Namespace, resource.Name)] = true
		}
		for _, result := range state.SyncResult.Resources {
			wanted[kube.NewResourceKey(result.Group, result.Kind, result.Namespace, result.Name)] = true
		}
	}
	return func(key kube.ResourceKey, _, _ *unstructured.Unstructured) bool {
		anyNamespace := key
		anyNamespace.Namespace = ""
		return wanted[key] || wanted[anyNamespace]
	}
}

// namespaceModifier makes the namespace of CreateNamespace=true: it gets the
// metadata of the policy, and no tracking.
func (w *work) namespaceModifier() func(managed, live *unstructured.Unstructured) (bool, error) {
	return func(managed, live *unstructured.Unstructured) (bool, error) {
		policy := w.app.Spec.SyncPolicy
		if policy == nil || policy.ManagedNamespaceMetadata == nil {
			return live == nil, nil
		}
		managed.SetLabels(policy.ManagedNamespaceMetadata.Labels)
		managed.SetAnnotations(policy.ManagedNamespaceMetadata.Annotations)
		return live == nil || !contains(live.GetLabels(), managed.GetLabels()) ||
			!contains(live.GetAnnotations(), managed.GetAnnotations()), nil
	}
}

func contains(all, some map[string]string) bool {
	for key, value := range some {
		if all[key] != value {
			return false
		}
	}
	return true
}

// optionSet are sync options, Name=value.
type optionSet []string

func (o optionSet) has(option string) bool { return slices.Contains(o, option) }

func (o optionSet) value(name string) string {
	for _, option := range o {
		if value, ok := strings.CutPrefix(option, name+"="); ok {
			return value
		}
	}
	return ""
}

func (o optionSet) propagation() *metav1.DeletionPropagation {
	policy := metav1.DeletePropagationForeground
	switch o.value("PrunePropagationPolicy") {
	case "background":
		policy = metav1.DeletePropagationBackground
	case "orphan":
		policy = metav1.DeletePropagationOrphan
	}
	return &policy
}

func resourceResults(results []common.ResourceSyncResult) []argo.ResourceResult {
	out := make([]argo.ResourceResult, 0, len(results))
	for _, r := range results {
		out = append(out, argo.ResourceResult{
			Group: r.ResourceKey.Group, Version: r.Version, Kind: r.ResourceKey.Kind,
			Namespace: r.ResourceKey.Namespace, Name: r.ResourceKey.Name,
			Status: string(r.Status), Message: r.Message, HookType: string(r.HookType),
			HookPhase: string(r.HookPhase), SyncPhase: string(r.SyncPhase), Images: r.Images,
		})
	}
	return out
}

func syncResults(results []argo.ResourceResult) []common.ResourceSyncResult {
	out := make([]common.ResourceSyncResult, 0, len(results))
	for i, r := range results {
		out = append(out, common.ResourceSyncResult{
			ResourceKey: kube.NewResourceKey(r.Group, r.Kind, r.Namespace, r.Name), Version: r.Version, Order: i + 1,
			Status: common.ResultCode(r.Status), Message: r.Message, HookType: common.HookType(r.HookType),
			HookPhase: common.OperationPhase(r.HookPhase), SyncPhase: common.SyncPhase(r.SyncPhase), Images: r.Images,
		})
	}
	return out
}
