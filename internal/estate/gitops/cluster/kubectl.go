// Package cluster is the live side of GitOps: what is in the cluster (from
// gitops-engine's cache, by watches), and the writes to it.
package cluster

import (
	"context"
	"errors"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/kube"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/client-go/rest"
	"k8s.io/kubectl/pkg/util/openapi"
)

// kubectl is gitops-engine's access to the cluster with the slow paths replaced.
type kubectl struct {
	*kube.KubectlCmd
	ops *operations
}

// ManageResources implements kube.Kubectl.
func (k *kubectl) ManageResources(*rest.Config) (kube.ResourceOperations, func(), error) {
	return k.ops, func() {}, nil
}

// LoadOpenAPISchema loads nothing: comparisons are made by the server, so the
// schema (tens of megabytes once parsed) has no use.
func (k *kubectl) LoadOpenAPISchema(*rest.Config) (openapi.Resources, *managedfields.GvkParser, error) {
	return nil, nil, nil
}

// GetResource implements kube.Kubectl without a discovery request per call.
func (k *kubectl) GetResource(ctx context.Context, _ *rest.Config, gvk schema.GroupVersionKind, name, namespace string) (*unstructured.Unstructured, error) {
	resource, _, err := k.ops.resource(gvk, namespace)
	if err != nil {
		return nil, noMatchIsNotFound(gvk, name, err)
	}
	return resource.Get(ctx, name, metav1.GetOptions{})
}

// DeleteResource implements kube.Kubectl without a discovery request per call.
func (k *kubectl) DeleteResource(ctx context.Context, _ *rest.Config, gvk schema.GroupVersionKind, name, namespace string, options metav1.DeleteOptions) error {
	resource, _, err := k.ops.resource(gvk, namespace)
	if err != nil {
		return err
	}
	if options.PropagationPolicy == nil {
		foreground := metav1.DeletePropagationForeground
		options.PropagationPolicy = &foreground
	}
	err = resource.Delete(ctx, name, options)
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

// noMatchIsNotFound: an object of a kind that the server does not know does not exist.
func noMatchIsNotFound(gvk schema.GroupVersionKind, name string, err error) error {
	if isNoMatch(err) {
		return apierrors.NewNotFound(schema.GroupResource{Group: gvk.Group, Resource: gvk.Kind}, name)
	}
	return err
}

func asStatus(err error, status *apierrors.APIStatus) bool { return errors.As(err, status) }
