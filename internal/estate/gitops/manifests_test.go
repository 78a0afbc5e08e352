package gitops_test

import (
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
)

const (
	namespaceManifest = "apiVersion: v1\nkind: Namespace\nmetadata: {name: two}\n"
	serviceManifest   = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n"
	ingressManifest   = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  ingressClassName: pronto
  rules: [{host: two.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
`
	earlyManifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: early, annotations: {argocd.argoproj.io/sync-wave: \"-1\"}}\ndata: {value: early}\n"
	kustomization = "namePrefix: k-\nresources: [a.yaml]\n"
)

// TestSources syncs Applications that people write, beside the generated ones.
func TestSources(t *testing.T) {
	b := newBench(t)
	b.forge.create("hand")
	revision := b.forge.commit("hand", map[string]string{
		"deploy/namespace.yaml": namespaceManifest, "deploy/service.yaml": serviceManifest, "deploy/ingress.yaml": ingressManifest,
		"deploy/early.yaml": earlyManifest, "deploy/sub/ignored.yaml": configMap("ignored", "x"),
		"kustom/kustomization.yaml": kustomization, "kustom/a.yaml": configMap("a", "kustomized"),
		"remote/kustomization.yaml": "resources: [https://example.com/a.yaml]\n",
	})
	b.hand("plain", "deploy", "two", "default")
	app := b.until("plain", "sync", synced(revision))
	if len(app.Status.Resources) != 4 || app.Status.Health.Status != "Progressing" || !strings.Contains(app.Status.Health.Message, "Ingress/web") {
		t.Errorf("a namespace, a service, an ingress without address, an earlier wave: %s %+v", describe(app), app.Status.Resources)
	}
	b.untilData("two", "early", "early")

	b.hand("kustom", "kustom", "two", "default")
	b.until("kustom", "sync", synced(revision))
	b.untilData("two", "k-a", "kustomized")

	b.hand("remote", "remote", "two", "default")
	b.untilCondition("remote", argo.ConditionComparisonError, "remote bases are not supported")
	b.hand("missing", "nowhere", "two", "default")
	b.untilCondition("missing", argo.ConditionComparisonError, "app path does not exist")

	project := &argo.AppProject{ObjectMeta: metav1.ObjectMeta{Name: "narrow", Namespace: "argocd"}, Spec: argo.AppProjectSpec{
		SourceRepos: []string{"*"}, Destinations: []argo.ApplicationDestination{{Server: "*", Namespace: "two"}},
	}}
	if err := b.client.Create(t.Context(), project); err != nil {
		t.Fatal(err)
	}
	b.hand("outside", "kustom", "kube-system", "narrow")
	b.untilCondition("outside", argo.ConditionInvalidSpecError, "do not match any of the allowed destinations in project 'narrow'")
	b.hand("cluster", "deploy", "two", "narrow")
	b.until("cluster", "refused Namespace", func(app *argo.Application) bool {
		state := app.Status.OperationState
		return state != nil && strings.Contains(state.Message, "resource :Namespace is not permitted in project narrow")
	})
}

// hand writes an Application.
func (b *bench) hand(name, path, namespace, project string) {
	b.t.Helper()
	app := &argo.Application{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "argocd"},
		Spec: argo.ApplicationSpec{
			Project:     project,
			Source:      &argo.ApplicationSource{RepoURL: b.forge.URL + "/apps/hand.git", Path: path},
			Destination: argo.ApplicationDestination{Server: argo.KubernetesInClusterServer, Namespace: namespace},
			SyncPolicy:  &argo.SyncPolicy{Automated: &argo.SyncPolicyAutomated{}},
		},
	}
	if err := b.client.Create(b.t.Context(), app); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) untilCondition(app, kind, text string) {
	b.t.Helper()
	b.until(app, kind, func(app *argo.Application) bool {
		for _, condition := range app.Status.Conditions {
			if condition.Type == kind && strings.Contains(condition.Message, text) {
				return true
			}
		}
		return false
	})
}
