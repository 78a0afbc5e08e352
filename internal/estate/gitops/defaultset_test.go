package gitops_test

import (
	"testing"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
	"github.com/pronto-platform/pronto/internal/estate/gitops"
	"github.com/pronto-platform/pronto/internal/estate/gitops/project"
)

func TestAnApplicationMayMakeNothingOfTheWholeCluster(t *testing.T) {
	apps := gitops.DefaultProject("apps", "https://git.example.com/apps/", []string{"default", "kube-*", "argocd", "pronto-*"})
	own := argo.ApplicationDestination{Server: argo.KubernetesInClusterServer, Namespace: "hello"}
	for _, c := range []struct {
		group, kind, namespace, name string
		permitted                    bool
	}{
		{"", "Namespace", "", "hello", true},
		{"", "Namespace", "", "kube-system", false},
		{"", "Namespace", "", "pronto-ci", false},
		{"rbac.authorization.k8s.io", "ClusterRoleBinding", "", "hello", false},
		{"apiextensions.k8s.io", "CustomResourceDefinition", "", "hello.example.com", false},
		{"apps", "Deployment", "hello", "hello", true},
		{"networking.k8s.io", "NetworkPolicy", "hello", "hello", true},
		{"apps", "Deployment", "argocd", "hello", false},
		{"", "Secret", "kube-system", "hello", false},
		{"", "ResourceQuota", "hello", "few", false},
		{"argoproj.io", "AppProject", "hello", "wide", false},
	} {
		refused := project.CheckResource(apps, own, c.group, c.kind, c.namespace, c.name, c.namespace != "")
		if (refused == "") != c.permitted {
			t.Errorf("%s %s in %q: %q; want it permitted: %v", c.kind, c.name, c.namespace, refused, c.permitted)
		}
	}
	for url, permitted := range map[string]bool{
		"https://git.example.com/apps/idp-hello.git": true, "https://git.example.com/others/idp-hello.git": false, "https://github.com/apps/idp-hello": false,
	} {
		if project.PermitsSource(apps, url) != permitted {
			t.Errorf("source %s: want it permitted: %v", url, permitted)
		}
	}
}
