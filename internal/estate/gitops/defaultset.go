package gitops

import (
	"encoding/json"
	"fmt"
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
)

// DefaultSet says what the ApplicationSet of the platform's own repositories looks like.
type DefaultSet struct {
	Name         string // "apps"
	Organization string
	APIURL       string // of the forge
	Prefix       string // of the repositories: "idp-". The namespace is the name without it.
	Path         string // of the manifests: "deploy"
	Project      string // an AppProject; see DefaultProject
	// RequeueAfterSeconds is the poll that makes a lost event good.
	RequeueAfterSeconds int64
	// SyncOptions of the Applications.
	SyncOptions []string
	// Finalizers of the Applications; none means the foreground one.
	Finalizers []string
}

// DefaultApplicationSet makes an Application of every repository whose name
// has the prefix, once it has the path.
func DefaultApplicationSet(want DefaultSet) (*argo.ApplicationSet, error) {
	template, err := json.Marshal(want.template())
	if err != nil {
		return nil, fmt.Errorf("template of application set %s: %w", want.Name, err)
	}
	match := "^" + want.Prefix
	return &argo.ApplicationSet{
		ObjectMeta: metav1.ObjectMeta{Name: want.Name},
		Spec: argo.ApplicationSetSpec{
			GoTemplate: true, GoTemplateOptions: []string{"missingkey=error"},
			Generators: []argo.ApplicationSetGenerator{{SCMProvider: &argo.SCMProviderGenerator{
				CloneProtocol: "https", RequeueAfterSeconds: &want.RequeueAfterSeconds,
				Github:  &argo.SCMProviderGithub{Organization: want.Organization, API: want.APIURL},
				Filters: []argo.SCMProviderFilter{{RepositoryMatch: &match, PathsExist: []string{want.Path}}},
			}}},
			Template: apiextensionsv1.JSON{Raw: template},
		},
	}, nil
}

// DefaultProject is an AppProject for the Applications of a DefaultSet: their
// manifests come from repositories below sources, e.g. https://git.example/apps,
// and make nothing of the whole cluster but namespaces of their own. The
// namespaces named are closed to them, and what an administrator bounds a
// namespace with is not theirs to change.
func DefaultProject(name, sources string, closed []string) *argo.AppProject {
	project := &argo.AppProject{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: argo.AppProjectSpec{
			SourceRepos:              []string{strings.TrimSuffix(sources, "/") + "/*"},
			Destinations:             []argo.ApplicationDestination{{Server: argo.KubernetesInClusterServer, Namespace: "*"}},
			ClusterResourceWhitelist: []argo.ClusterResource{{Kind: "Namespace"}},
			NamespaceResourceBlacklist: []argo.GroupKind{
				{Kind: "ResourceQuota"}, {Kind: "LimitRange"},
				{Group: "argoproj.io", Kind: "*"},
			},
		},
	}
	for _, namespace := range closed {
		project.Spec.Destinations = append(project.Spec.Destinations, argo.ApplicationDestination{
			Server: argo.KubernetesInClusterServer, Namespace: "!" + namespace})
		project.Spec.ClusterResourceBlacklist = append(project.Spec.ClusterResourceBlacklist, argo.ClusterResource{Kind: "Namespace", Name: namespace})
	}
	return project
}

func (d DefaultSet) template() map[string]any {
	metadata := map[string]any{"name": "{{ .repository }}"}
	if len(d.Finalizers) > 0 {
		metadata["finalizers"] = d.Finalizers
	}
	return map[string]any{
		"metadata": metadata,
		"spec": map[string]any{
			"project": d.Project,
			"source":  map[string]any{"repoURL": "{{ .url }}", "targetRevision": "{{ .branch }}", "path": d.Path},
			"destination": map[string]any{
				"server":    argo.KubernetesInClusterServer,
				"namespace": fmt.Sprintf("{{ trimPrefix %q .repository }}", d.Prefix),
			},
			"syncPolicy": map[string]any{
				"automated":   map[string]any{"prune": true, "selfHeal": true},
				"syncOptions": d.SyncOptions,
			},
		},
	}
}
