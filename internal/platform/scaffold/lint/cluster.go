package lint

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	yamlv3 "go.yaml.in/yaml/v3"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/pronto-platform/pronto/internal/platform/scaffold/form"
)

// manifest is one object that the template would have applied.
type manifest struct {
	file   string
	node   *yamlv3.Node
	object map[string]any
}

func (m manifest) line(at ...string) int { return (&document{root: m.node}).line(at...) }

// tried is the namespace in which manifests are tried: that which the template
// makes is not there, and a dry run does not make it.
const tried = "default"

// manifests asks the cluster, by dry run, whether it would take them.
func (l *linter) manifests(ctx context.Context, all []manifest) error {
	all = slices.DeleteFunc(all, func(m manifest) bool { return m.object["kind"] == nil || m.object["kind"] == "Kustomization" })
	if len(all) == 0 {
		return nil
	}
	if l.options.Cluster == nil {
		l.leftOut("the manifests of deploy/ against a cluster: the platform does not run here")
		return nil
	}
	said := &warnings{}
	config := rest.CopyConfig(l.options.Cluster)
	config.WarningHandler = said
	api, err := client.New(config, client.Options{})
	if err != nil {
		l.leftOut("the manifests of deploy/ against a cluster: %v", err)
		return nil
	}
	for _, m := range all {
		if err := l.try(ctx, api, m); err != nil {
			l.leftOut("the manifests of deploy/ against a cluster: %v", err)
			return ctx.Err()
		}
		for _, text := range said.take() {
			l.found(m.file, m.line("kind"), "the cluster warns: %s", text)
		}
	}
	return nil
}

// try creates an object without making it; the error is of a cluster that does
// not answer.
func (l *linter) try(ctx context.Context, api client.Client, m manifest) error {
	object, err := form.Clone(m.object)
	if err != nil {
		l.found(m.file, m.line(), "it cannot be written as JSON: %v", err)
		return nil
	}
	u := &unstructured.Unstructured{Object: object}
	namespaced, err := api.IsObjectNamespaced(u)
	switch {
	case meta.IsNoMatchError(err):
		l.found(m.file, m.line("kind"), "the cluster has no %s of %s", u.GetKind(), u.GetAPIVersion())
		return nil
	case err != nil:
		return fmt.Errorf("ask the cluster for %s: %w", u.GetKind(), err)
	case namespaced:
		u.SetNamespace(tried)
	}
	err = api.Create(ctx, u, client.DryRunAll, client.FieldValidation("Strict"))
	var status apierrors.APIStatus
	switch {
	case err == nil, apierrors.IsAlreadyExists(err):
		return nil
	case !errors.As(err, &status):
		return fmt.Errorf("ask the cluster whether it takes %s %s: %w", u.GetKind(), u.GetName(), err)
	}
	l.refused(m, status)
	return nil
}

// refused notes each cause of a refusal at its field.
func (l *linter) refused(m manifest, status apierrors.APIStatus) {
	s := status.Status()
	if s.Details == nil || len(s.Details.Causes) == 0 {
		l.found(m.file, m.line("kind"), "the cluster refuses it: %s", s.Message)
		return
	}
	for _, cause := range s.Details.Causes {
		l.found(m.file, m.line(fieldPath(cause.Field)...), "the cluster refuses it: %s: %s", cause.Field, cause.Message)
	}
}

// fieldPath splits spec.containers[0].image into its parts.
func fieldPath(field string) []string {
	return strings.FieldsFunc(field, func(r rune) bool { return strings.ContainsRune(".[]", r) })
}

// warnings collects what the API server says beside its answers.
type warnings struct {
	mu    sync.Mutex
	texts []string
}

// HandleWarningHeader implements rest.WarningHandler.
func (w *warnings) HandleWarningHeader(_ int, _, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.texts = append(w.texts, text)
}

func (w *warnings) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	texts := w.texts
	w.texts = nil
	return texts
}
