package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync/common"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync/resource"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/kube"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
	"github.com/pronto-platform/pronto/internal/estate/gitops/cluster"
)

// deletionInterval is the longest time between two looks at resources that
// are being deleted; their events wake the controller earlier.
const deletionInterval = 2 * time.Second

// finalize deletes the application's resources and then lets the application go.
func (w *work) finalize(ctx context.Context) (reconcile.Result, error) {
	policy, name := cascade(w.app.Finalizers)
	if name == "" {
		return reconcile.Result{}, nil
	}
	left, err := w.deleteResources(ctx, policy)
	if err != nil {
		w.addCondition(argo.ConditionDeletionError, err.Error())
		if saveErr := w.save(ctx); saveErr != nil {
			w.log.Error("write deletion error", "error", saveErr)
		}
		return reconcile.Result{}, err
	}
	if left > 0 {
		w.log.Debug("waiting for resources to be deleted", "left", left)
		return reconcile.Result{RequeueAfter: deletionInterval}, nil
	}
	w.app.Finalizers = slices.DeleteFunc(w.app.Finalizers, func(f string) bool { return f == name })
	if err := w.save(ctx); client.IgnoreNotFound(err) != nil {
		return reconcile.Result{}, err
	}
	w.log.Info("application deleted with its resources")
	return reconcile.Result{}, nil
}

// cascade finds the finalizer that asks for the deletion of the resources.
func cascade(finalizers []string) (metav1.DeletionPropagation, string) {
	for _, name := range finalizers {
		switch name {
		case argo.ResourcesFinalizer, argo.ForegroundResourcesFinalizer:
			return metav1.DeletePropagationForeground, name
		case argo.BackgroundResourcesFinalizer:
			return metav1.DeletePropagationBackground, name
		}
	}
	return "", ""
}

// deleteResources returns how many are still there.
func (w *work) deleteResources(ctx context.Context, policy metav1.DeletionPropagation) (int, error) {
	managed, err := w.live.Managed(w.app.Name, nil)
	if err != nil {
		return 0, fmt.Errorf("read live state: %w", err)
	}
	if err := w.addUnseen(ctx, managed); err != nil {
		return 0, err
	}
	left := 0
	for key, object := range managed {
		if keepsOnDelete(object) {
			continue
		}
		left++
		if object.GetDeletionTimestamp() != nil {
			continue
		}
		if err := w.live.Delete(ctx, object, policy); err != nil {
			return left, fmt.Errorf("delete %s: %w", key.String(), err)
		}
	}
	return left, nil
}

// addUnseen asks the server about resources of the last comparison that the
// watches do not know, and takes out those that are gone: the application is
// let go only when the server itself has said that nothing is left.
func (w *work) addUnseen(ctx context.Context, managed map[kube.ResourceKey]*unstructured.Unstructured) error {
	for _, status := range w.app.Status.Resources {
		key := kube.NewResourceKey(status.Group, status.Kind, status.Namespace, status.Name)
		if _, seen := managed[key]; seen {
			continue
		}
		object := &unstructured.Unstructured{}
		object.SetGroupVersionKind(schema.GroupVersionKind{Group: status.Group, Version: status.Version, Kind: status.Kind})
		object.SetNamespace(status.Namespace)
		object.SetName(status.Name)
		found, err := w.live.Get(ctx, object)
		if err != nil {
			return fmt.Errorf("look for %s: %w", key.String(), err)
		}
		if found != nil && cluster.TrackingApp(found) == w.app.Name {
			managed[key] = found
		}
	}
	return nil
}

func keepsOnDelete(object *unstructured.Unstructured) bool {
	return resource.HasAnnotationOption(object, common.AnnotationSyncOptions, common.SyncOptionDelete+"=false")
}
