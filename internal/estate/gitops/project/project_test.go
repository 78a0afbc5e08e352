package project

import (
	"testing"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
)

func limited() *argo.AppProject {
	project := &argo.AppProject{Spec: argo.AppProjectSpec{
		SourceRepos: []string{"https://git.x/apps/*", "!https://git.x/apps/secret"},
		Destinations: []argo.ApplicationDestination{
			{Server: argo.KubernetesInClusterServer, Namespace: "*"}, {Server: "*", Namespace: "!kube-*"},
		},
		ClusterResourceWhitelist: []argo.ClusterResource{{Kind: "Namespace"}},
	}}
	project.Name = "apps"
	return project
}

func TestAProjectLimitsSourceAndDestination(t *testing.T) {
	for name, test := range map[string]struct {
		url, namespace string
		want           []string
	}{
		"permitted":                {"https://git.x/apps/one.git", "one", nil},
		"another owner":            {"https://git.x/other/one.git", "one", []string{"application repo https://git.x/other/one.git is not permitted in project 'apps'"}},
		"a * stays in its segment": {"https://git.x/apps/a/b", "one", []string{"application repo https://git.x/apps/a/b is not permitted in project 'apps'"}},
		"a denied repository":      {"https://git.x/apps/secret.git", "one", []string{"application repo https://git.x/apps/secret.git is not permitted in project 'apps'"}},
		"a denied namespace": {"https://git.x/apps/one", "kube-system", []string{
			"application destination server 'https://kubernetes.default.svc' and namespace 'kube-system' do not match any of the allowed destinations in project 'apps'"}},
	} {
		t.Run(name, func(t *testing.T) {
			app := &argo.Application{Spec: argo.ApplicationSpec{
				Source:      &argo.ApplicationSource{RepoURL: test.url},
				Destination: argo.ApplicationDestination{Name: "in-cluster", Namespace: test.namespace},
			}}
			got := CheckApplication(limited(), app)
			if len(got) != len(test.want) || len(got) > 0 && got[0] != test.want[0] {
				t.Errorf("messages = %q, want %q", got, test.want)
			}
		})
	}
}

func TestAProjectLimitsResources(t *testing.T) {
	destination := argo.ApplicationDestination{Server: argo.KubernetesInClusterServer}
	if got := CheckResource(limited(), destination, "apps", "Deployment", "one", "d", true); got != "" {
		t.Errorf("a Deployment: %s", got)
	}
	if got := CheckResource(limited(), destination, "apps", "Deployment", "kube-system", "d", true); got != "namespace kube-system is not permitted in project 'apps'" {
		t.Errorf("in kube-system: %q", got)
	}
	if got := CheckResource(limited(), destination, "", "Namespace", "", "one", false); got != "" {
		t.Errorf("a listed cluster-scoped kind: %s", got)
	}
	if got := CheckResource(limited(), destination, "rbac.authorization.k8s.io", "ClusterRole", "", "r", false); got != "resource rbac.authorization.k8s.io:ClusterRole is not permitted in project apps" {
		t.Errorf("another: %q", got)
	}
}
