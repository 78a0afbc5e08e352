package appset

import (
	"context"
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"sigs.k8s.io/yaml"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/estate/gitops/render"
	"github.com/pronto-platform/pronto/internal/estate/gitops/scm"
)

// failure is an error with the reason that its condition gets.
type failure struct {
	reason string
	cause  error
}

func (f *failure) Error() string { return f.cause.Error() }
func (f *failure) Unwrap() error { return f.cause }

// generated are the Applications that a set asks for.
type generated struct {
	applications []*unstructured.Unstructured
	clients      []*scm.Client
}

// repositories asks a server for what a generator yields.
type repositories func(*scm.Client, argo.SCMProviderGenerator) ([]scm.Repository, error)

// generate runs the generators and renders the template. Any error fails it
// all: what is not known must not look like what is not there.
func (c *Controller) generate(ctx context.Context, set *argo.ApplicationSet, ask repositories) (*generated, error) {
	template := &render.Template{Go: set.Spec.GoTemplate, Options: set.Spec.GoTemplateOptions}
	tree, err := templateTree(set)
	if err != nil {
		return nil, &failure{argo.AppSetReasonRenderError, err}
	}
	out := &generated{}
	for i, generator := range set.Spec.Generators {
		provider := generator.SCMProvider
		if provider == nil || provider.Github == nil {
			return nil, &failure{argo.AppSetReasonGenerationError, fmt.Errorf("spec.generators[%d]: only scmProvider.github is supported", i)}
		}
		client, err := c.scmClient(ctx, set, *provider.Github)
		if err != nil {
			return nil, &failure{argo.AppSetReasonGenerationError, err}
		}
		out.clients = append(out.clients, client)
		found, err := ask(client, *provider)
		if err != nil {
			return nil, &failure{argo.AppSetReasonGenerationError, err}
		}
		for _, repository := range found {
			application, err := renderOne(set, template, tree, provider.Values, repository)
			if err != nil {
				return nil, &failure{argo.AppSetReasonRenderError, err}
			}
			out.applications = append(out.applications, application)
		}
	}
	return out, nil
}

// scmClient finds the token: of tokenRef, or the platform's own for the
// platform's own forge and for no other server.
func (c *Controller) scmClient(ctx context.Context, set *argo.ApplicationSet, provider argo.SCMProviderGithub) (*scm.Client, error) {
	if provider.AppSecretName != "" {
		return nil, fmt.Errorf("scmProvider.github.appSecretName is not supported: use tokenRef")
	}
	var token secret.String
	switch {
	case provider.TokenRef != nil:
		var held corev1.Secret
		key := client.ObjectKey{Namespace: set.Namespace, Name: provider.TokenRef.SecretName}
		if err := c.reader.Get(ctx, key, &held); err != nil {
			return nil, fmt.Errorf("error fetching Github token: %w", err)
		}
		value, ok := held.Data[provider.TokenRef.Key]
		if !ok {
			return nil, fmt.Errorf("error fetching Github token: key %q in secret %q not found", provider.TokenRef.Key, key.Name)
		}
		token = secret.New(string(value))
	case provider.API == c.cfg.SCM.APIURL:
		token = c.cfg.SCM.Token
	}
	found, err := scm.NewClient(c.cfg.HTTPClient, provider.API, token)
	if err == nil {
		found.Memory = &c.memory
	}
	return found, err
}

func templateTree(set *argo.ApplicationSet) (map[string]any, error) {
	var tree map[string]any
	if err := json.Unmarshal(set.Spec.Template.Raw, &tree); err != nil {
		return nil, fmt.Errorf("spec.template: %w", err)
	}
	return tree, nil
}

func renderOne(set *argo.ApplicationSet, template *render.Template, tree map[string]any, values map[string]string, repository scm.Repository) (*unstructured.Unstructured, error) {
	params, err := scm.Params(repository, values, template)
	if err != nil {
		return nil, fmt.Errorf("parameters of %s: %w", repository.Name, err)
	}
	rendered, err := template.Tree(tree, params)
	if err != nil {
		return nil, fmt.Errorf("template for %s: %w", repository.Name, err)
	}
	content, ok := rendered.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("template for %s is not an object", repository.Name)
	}
	if set.Spec.TemplatePatch != nil {
		if content, err = patched(content, template, *set.Spec.TemplatePatch, params); err != nil {
			return nil, fmt.Errorf("templatePatch for %s: %w", repository.Name, err)
		}
	}
	return application(set, content), nil
}

// patched lays the rendered templatePatch over an Application, as a strategic merge.
func patched(content map[string]any, template *render.Template, patch string, params render.Params) (map[string]any, error) {
	text, err := template.String(patch, params)
	if err != nil {
		return nil, err
	}
	overlay, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		return nil, err
	}
	original, err := json.Marshal(content)
	if err != nil {
		return nil, err
	}
	merged, err := strategicpatch.StrategicMergePatch(original, overlay, argo.Application{})
	if err != nil {
		return nil, err
	}
	var out map[string]any
	err = json.Unmarshal(merged, &out)
	return out, err
}

// application completes a rendered template: identity, owner and finalizer.
func application(set *argo.ApplicationSet, content map[string]any) *unstructured.Unstructured {
	app := &unstructured.Unstructured{Object: map[string]any{}}
	template := unstructured.Unstructured{Object: content}
	app.SetGroupVersionKind(argo.GroupVersion.WithKind("Application"))
	app.SetName(template.GetName())
	app.SetNamespace(set.Namespace)
	app.SetLabels(template.GetLabels())
	app.SetAnnotations(template.GetAnnotations())
	finalizers := template.GetFinalizers()
	preserve := set.Spec.SyncPolicy != nil && set.Spec.SyncPolicy.PreserveResourcesOnDeletion
	if len(finalizers) == 0 && !preserve {
		finalizers = []string{argo.ResourcesFinalizer}
	}
	app.SetFinalizers(finalizers)
	app.SetOwnerReferences(ownerReference(set))
	app.Object["spec"] = withoutNulls(content["spec"])
	return app
}

// withoutNulls drops what is null, as the API server does: an Application that
// has it would differ for ever from the one that is stored.
func withoutNulls(value any) any {
	switch v := value.(type) {
	case map[string]any:
		kept := make(map[string]any, len(v))
		for key, member := range v {
			if member != nil {
				kept[key] = withoutNulls(member)
			}
		}
		return kept
	case []any:
		kept := make([]any, 0, len(v))
		for _, item := range v {
			kept = append(kept, withoutNulls(item))
		}
		return kept
	}
	return value
}
