package cluster

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"
	cmdutil "k8s.io/kubectl/pkg/cmd/util"
)

// FieldManager owns the fields that a sync applies; it is Argo CD's name for it.
const FieldManager = "argocd-controller"

// recreateTimeout bounds the wait for an object's deletion when Force=true recreates it.
const recreateTimeout = 30 * time.Second

// operations writes to the cluster for gitops-engine. Every apply is a
// server-side apply and every dry run is the server's: one request each,
// where the engine's own way goes through kubectl's commands with several
// requests and a temporary kubeconfig per object.
type operations struct {
	client  dynamic.Interface
	mapper  meta.RESTMapper
	applied func(*unstructured.Unstructured)
}

func (o *operations) resource(gvk schema.GroupVersionKind, namespace string) (dynamic.ResourceInterface, bool, error) {
	mapping, err := o.mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	if err != nil {
		return nil, false, err
	}
	if mapping.Scope.Name() == meta.RESTScopeNameNamespace {
		return o.client.Resource(mapping.Resource).Namespace(namespace), true, nil
	}
	return o.client.Resource(mapping.Resource), false, nil
}

// target returns the interface for obj, and a copy of obj without what its scope does not allow.
func (o *operations) target(obj *unstructured.Unstructured) (dynamic.ResourceInterface, *unstructured.Unstructured, error) {
	resource, namespaced, err := o.resource(obj.GroupVersionKind(), obj.GetNamespace())
	if err != nil {
		return nil, nil, err
	}
	obj = obj.DeepCopy()
	if !namespaced {
		obj.SetNamespace("")
	}
	return resource, obj, nil
}

// ApplyResource implements kube.ResourceOperations.
func (o *operations) ApplyResource(ctx context.Context, obj *unstructured.Unstructured, dryRun cmdutil.DryRunStrategy, force, validate, _ bool, manager string) (string, error) {
	resource, obj, err := o.target(obj)
	if err != nil {
		return "", err
	}
	_, err = o.patch(ctx, resource, obj, dryRun, validate, manager)
	switch {
	case err != nil && dryRun != cmdutil.DryRunNone && (missingNamespace(err) || force && recreatable(err)):
		err = nil // the namespace comes earlier in the same sync; Force=true replaces the object
	case err != nil && force && recreatable(err):
		err = o.recreate(ctx, resource, obj, validate, manager)
	}
	if err != nil {
		return "", err
	}
	return describe(obj) + " serverside-applied" + suffix(dryRun), nil
}

func (o *operations) patch(ctx context.Context, resource dynamic.ResourceInterface, obj *unstructured.Unstructured, dryRun cmdutil.DryRunStrategy, validate bool, manager string) (*unstructured.Unstructured, error) {
	body, err := json.Marshal(obj.Object)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", describe(obj), err)
	}
	forceConflicts := true
	result, err := resource.Patch(ctx, obj.GetName(), types.ApplyPatchType, body, metav1.PatchOptions{
		FieldManager: manager, Force: &forceConflicts, DryRun: dryRunOption(dryRun), FieldValidation: validation(validate),
	})
	if err == nil && dryRun == cmdutil.DryRunNone {
		o.applied(result)
	}
	return result, err
}

func (o *operations) recreate(ctx context.Context, resource dynamic.ResourceInterface, obj *unstructured.Unstructured, validate bool, manager string) error {
	policy := metav1.DeletePropagationBackground
	err := resource.Delete(ctx, obj.GetName(), metav1.DeleteOptions{PropagationPolicy: &policy})
	if err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("delete %s to recreate it: %w", describe(obj), err)
	}
	err = wait.PollUntilContextTimeout(ctx, 50*time.Millisecond, recreateTimeout, true, func(ctx context.Context) (bool, error) {
		_, err := resource.Get(ctx, obj.GetName(), metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return true, nil
		}
		return false, err
	})
	if err != nil {
		return fmt.Errorf("wait until %s is deleted to recreate it: %w", describe(obj), err)
	}
	_, err = o.patch(ctx, resource, obj, cmdutil.DryRunNone, validate, manager)
	return err
}

// ReplaceResource implements kube.ResourceOperations.
func (o *operations) ReplaceResource(ctx context.Context, obj *unstructured.Unstructured, dryRun cmdutil.DryRunStrategy, _ bool) (string, error) {
	resource, obj, err := o.target(obj)
	if err != nil {
		return "", err
	}
	live, err := resource.Get(ctx, obj.GetName(), metav1.GetOptions{})
	if err != nil {
		return "", err
	}
	obj.SetResourceVersion(live.GetResourceVersion())
	if _, err := o.UpdateResource(ctx, obj, dryRun); err != nil {
		return "", err
	}
	return describe(obj) + " replaced" + suffix(dryRun), nil
}

// CreateResource implements kube.ResourceOperations.
func (o *operations) CreateResource(ctx context.Context, obj *unstructured.Unstructured, dryRun cmdutil.DryRunStrategy, validate bool) (string, error) {
	resource, obj, err := o.target(obj)
	if err != nil {
		return "", err
	}
	result, err := resource.Create(ctx, obj, metav1.CreateOptions{
		FieldManager: FieldManager, DryRun: dryRunOption(dryRun), FieldValidation: validation(validate),
	})
	switch {
	case err != nil && dryRun != cmdutil.DryRunNone && missingNamespace(err):
	case err != nil:
		return "", err
	case dryRun == cmdutil.DryRunNone:
		o.applied(result)
	}
	return describe(obj) + " created" + suffix(dryRun), nil
}

// UpdateResource implements kube.ResourceOperations.
func (o *operations) UpdateResource(ctx context.Context, obj *unstructured.Unstructured, dryRun cmdutil.DryRunStrategy) (*unstructured.Unstructured, error) {
	resource, obj, err := o.target(obj)
	if err != nil {
		return nil, err
	}
	result, err := resource.Update(ctx, obj, metav1.UpdateOptions{FieldManager: FieldManager, DryRun: dryRunOption(dryRun)})
	if err == nil && dryRun == cmdutil.DryRunNone {
		o.applied(result)
	}
	return result, err
}

// Run implements diff.ServerSideDryRunner: it answers with what an apply of obj would make of the live object.
func (o *operations) Run(ctx context.Context, obj *unstructured.Unstructured, manager string) (string, error) {
	resource, obj, err := o.target(obj)
	if err != nil {
		return "", err
	}
	result, err := o.patch(ctx, resource, obj, cmdutil.DryRunServer, false, manager)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(result)
	return string(text), err
}

func dryRunOption(strategy cmdutil.DryRunStrategy) []string {
	if strategy == cmdutil.DryRunNone {
		return nil
	}
	return []string{metav1.DryRunAll}
}

func validation(strict bool) string {
	if strict {
		return metav1.FieldValidationStrict
	}
	return metav1.FieldValidationIgnore
}

func suffix(strategy cmdutil.DryRunStrategy) string {
	if strategy == cmdutil.DryRunNone {
		return ""
	}
	return " (server dry run)"
}

// missingNamespace tells "the namespace is not there" from "the object is not there".
func missingNamespace(err error) bool {
	var status apierrors.APIStatus
	if !apierrors.IsNotFound(err) || !asStatus(err, &status) {
		return false
	}
	details := status.Status().Details
	return details != nil && details.Kind == "namespaces"
}

func recreatable(err error) bool { return apierrors.IsInvalid(err) || apierrors.IsConflict(err) }

func describe(obj *unstructured.Unstructured) string {
	gvk := obj.GroupVersionKind()
	kind := strings.ToLower(gvk.Kind)
	if gvk.Group != "" {
		kind += "." + gvk.Group
	}
	return kind + "/" + obj.GetName()
}
