package actions_test

import (
	"testing"

	"github.com/google/go-github/v74/github"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// testRunsGoWithTheirRepository deletes a repository one of whose jobs is at
// work, and makes another of the same name from the same commit.
func testRunsGoWithTheirRepository(t *testing.T, w *world) {
	sha := w.push("on: {push: {}, workflow_dispatch: {}}\njobs: {a: {runs-on: x, steps: [{run: sleep 600}]}}\n")
	_, err := w.github().Actions.CreateWorkflowDispatchEventByFileName(t.Context(), "apps", "idp-a", "ci.yaml", github.CreateWorkflowDispatchEventRequest{Ref: "main"})
	if err != nil {
		t.Fatal(err)
	}
	w.until("both are at work", func() bool { return len(w.runs("in_progress")) == 2 })
	w.event("repository", map[string]any{"action": "deleted", "repository": map[string]any{"id": 7, "full_name": "apps/idp-a"}})
	if left := w.runs(""); len(left) != 0 {
		t.Fatalf("%d runs are left", len(left))
	}
	kube, err := kubernetes.NewForConfig(w.cfg.Kubernetes)
	if err != nil {
		t.Fatal(err)
	}
	w.until("their pods are gone", func() bool {
		pods, err := kube.CoreV1().Pods(w.cfg.Namespace).List(t.Context(), metav1.ListOptions{})
		return err == nil && len(pods.Items) == 0
	})
	w.deliver(sha) // the forge was not heard the first time
	if late := w.runs(""); len(late) != 0 {
		t.Errorf("a late event of the deleted repository made %d runs", len(late))
	}
	w.deliverOf(8, sha)
	if runs := w.runs(""); len(runs) != 1 || runs[0].GetRunNumber() != 1 {
		t.Fatalf("runs of the new repository: %v", runs)
	}
	w.event("repository", map[string]any{"action": "deleted", "repository": map[string]any{"id": 7, "full_name": "apps/idp-a"}})
	if runs := w.runs(""); len(runs) != 1 {
		t.Errorf("the first deletion, told again, left %d runs of the new repository", len(runs))
	}
}

// runs are those of one status, or all.
func (w *world) runs(status string) []*github.WorkflowRun {
	w.t.Helper()
	list, _, err := w.github().Actions.ListRepositoryWorkflowRuns(w.t.Context(), "apps", "idp-a", &github.ListWorkflowRunsOptions{Status: status})
	if err != nil {
		w.t.Fatal(err)
	}
	return list.WorkflowRuns
}
