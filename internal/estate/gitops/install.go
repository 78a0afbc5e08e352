package gitops

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/client/clientset/clientset/typed/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
	watchtools "k8s.io/client-go/tools/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/pronto-platform/pronto/api/argoproj/crds"
	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
)

const (
	fieldManager = "pronto-gitops"
	// establishTimeout bounds the wait until the API server serves a new definition.
	establishTimeout = 30 * time.Second
)

// install brings the cluster to where the controllers can start. Each step may be repeated.
func (g *GitOps) install(ctx context.Context) error {
	definitions, err := crds.All()
	if err != nil {
		return err
	}
	extensions, err := apiextensions.NewForConfig(g.cfg.Kubernetes)
	if err != nil {
		return fmt.Errorf("client for definitions: %w", err)
	}
	for _, definition := range definitions {
		if err := establish(ctx, extensions.CustomResourceDefinitions(), definition); err != nil {
			return fmt.Errorf("definition %s: %w", definition.Name, err)
		}
	}
	direct, err := client.New(g.cfg.Kubernetes, client.Options{Scheme: g.scheme})
	if err != nil {
		return fmt.Errorf("client for the cluster: %w", err)
	}
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: g.cfg.Namespace}}
	if err := createOnce(ctx, direct, namespace); err != nil {
		return err
	}
	if err := createOnce(ctx, direct, defaultProject(g.cfg.Namespace)); err != nil {
		return err
	}
	if g.cfg.Project != nil {
		project := g.cfg.Project.DeepCopy()
		project.Namespace = g.cfg.Namespace
		if err := createOnce(ctx, direct, project); err != nil {
			return err
		}
	}
	return g.applyDefault(ctx, direct)
}

func establish(ctx context.Context, definitions apiextensions.CustomResourceDefinitionInterface, wanted *apiextensionsv1.CustomResourceDefinition) error {
	text, err := json.Marshal(wanted)
	if err != nil {
		return err
	}
	force := true
	_, err = definitions.Patch(ctx, wanted.Name, types.ApplyPatchType, text, metav1.PatchOptions{FieldManager: fieldManager, Force: &force})
	if err != nil {
		return fmt.Errorf("apply: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, establishTimeout)
	defer cancel()
	one := fields.OneTermEqualSelector("metadata.name", wanted.Name).String()
	_, err = watchtools.UntilWithSync(ctx, &cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			options.FieldSelector = one
			return definitions.List(ctx, options)
		},
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			options.FieldSelector = one
			return definitions.Watch(ctx, options)
		},
	}, &apiextensionsv1.CustomResourceDefinition{}, nil, established)
	if err != nil {
		return fmt.Errorf("wait until it is served: %w", err)
	}
	return nil
}

func established(e watch.Event) (bool, error) {
	definition, ok := e.Object.(*apiextensionsv1.CustomResourceDefinition)
	if !ok {
		return false, nil
	}
	for _, condition := range definition.Status.Conditions {
		if condition.Type == apiextensionsv1.Established && condition.Status == apiextensionsv1.ConditionTrue {
			return true, nil
		}
	}
	return false, nil
}

// createOnce leaves an object alone that is there already: people edit it.
func createOnce(ctx context.Context, to client.Client, object client.Object) error {
	if err := to.Create(ctx, object); err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("create %s: %w", object.GetName(), err)
	}
	return nil
}

func defaultProject(namespace string) *argo.AppProject {
	return &argo.AppProject{
		ObjectMeta: metav1.ObjectMeta{Name: argo.DefaultProject, Namespace: namespace},
		Spec: argo.AppProjectSpec{
			SourceRepos:              []string{"*"},
			Destinations:             []argo.ApplicationDestination{{Server: "*", Namespace: "*"}},
			ClusterResourceWhitelist: []argo.ClusterResource{{Group: "*", Kind: "*"}},
		},
	}
}

// applyDefault writes the configured ApplicationSet, and its project unless there is one.
func (g *GitOps) applyDefault(ctx context.Context, to client.Client) error {
	if g.cfg.Default == nil {
		return nil
	}
	set := g.cfg.Default.DeepCopy()
	set.Namespace = g.cfg.Namespace
	wanted := set.Spec
	err := to.Create(ctx, set)
	if apierrors.IsAlreadyExists(err) {
		if err := to.Get(ctx, client.ObjectKeyFromObject(set), set); err != nil {
			return fmt.Errorf("read application set %s: %w", set.Name, err)
		}
		stored := set.DeepCopy()
		set.Spec = wanted
		err = to.Patch(ctx, set, client.MergeFrom(stored))
	}
	if err != nil {
		return fmt.Errorf("write application set %s: %w", set.Name, err)
	}
	return nil
}
