package app

import (
	"strings"
	"testing"
	"time"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
)

var (
	noon   = time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)
	origin = argo.ApplicationSource{RepoURL: "https://git/apps/one.git", Path: "deploy"}
)

func TestAutoSyncDecides(t *testing.T) {
	changed := argo.ResourceStatus{Kind: "ConfigMap", Name: "a", Status: "OutOfSync"}
	extra := argo.ResourceStatus{Kind: "ConfigMap", Name: "b", Status: "OutOfSync", RequiresPruning: true}
	all := &argo.SyncPolicyAutomated{Prune: true, SelfHeal: true}
	off := false
	for name, test := range map[string]struct {
		policy    *argo.SyncPolicyAutomated
		resources []argo.ResourceStatus
		last      *argo.OperationState
		err       string
		syncs     bool
		waits     bool
		says      string
	}{
		"without a policy nothing starts":         {resources: []argo.ResourceStatus{changed}},
		"a disabled policy is none":               {policy: &argo.SyncPolicyAutomated{Enabled: &off}, resources: []argo.ResourceStatus{changed}},
		"a difference is synced":                  {policy: all, resources: []argo.ResourceStatus{changed}, syncs: true},
		"after an error of git nothing is synced": {policy: all, resources: []argo.ResourceStatus{changed}, err: "no route"},
		"without prune, a thing to prune waits":   {policy: &argo.SyncPolicyAutomated{}, resources: []argo.ResourceStatus{extra}},
		"everything gone is not synced":           {policy: all, resources: []argo.ResourceStatus{extra}, says: "auto-sync will wipe out all resources"},
		"unless that is allowed":                  {policy: &argo.SyncPolicyAutomated{Prune: true, AllowEmpty: true}, resources: []argo.ResourceStatus{extra}, syncs: true},
		"a failed revision is not tried again":    {policy: all, resources: []argo.ResourceStatus{changed}, last: last("r1", "Failed", 0, 0), says: "Failed last sync attempt to [r1]: broken"},
		"another revision is":                     {policy: all, resources: []argo.ResourceStatus{changed}, last: last("r0", "Failed", 0, 0), syncs: true},
		"a synced revision is healed":             {policy: all, resources: []argo.ResourceStatus{changed}, last: last("r1", "Succeeded", 0, 0), syncs: true},
		"but not without selfHeal":                {policy: &argo.SyncPolicyAutomated{Prune: true}, resources: []argo.ResourceStatus{changed}, last: last("r1", "Succeeded", 0, 0)},
		"a second heal waits":                     {policy: all, resources: []argo.ResourceStatus{changed}, last: last("r1", "Succeeded", 1, time.Second), waits: true},
		"and comes after two seconds":             {policy: all, resources: []argo.ResourceStatus{changed}, last: last("r1", "Succeeded", 1, 2*time.Second), syncs: true},
	} {
		t.Run(name, func(t *testing.T) {
			app := &argo.Application{Spec: argo.ApplicationSpec{Source: &origin, SyncPolicy: &argo.SyncPolicy{Automated: test.policy}}}
			app.Status.OperationState = test.last
			got := autoSync(app, &comparison{revision: "r1", sync: "OutOfSync", resources: test.resources, err: test.err}, noon)
			if (got.operation != nil) != test.syncs || (got.after > 0) != test.waits ||
				!strings.Contains(got.syncError, test.says) || (got.syncError != "") != (test.says != "") {
				t.Errorf("decided %+v", got)
			}
		})
	}
}

// last is an operation that finished ago before noon.
func last(revision, phase string, heals int64, ago time.Duration) *argo.OperationState {
	return &argo.OperationState{
		Phase: phase, Message: "broken", FinishedAt: stamp(noon.Add(-ago)),
		Operation:  argo.Operation{Sync: &argo.SyncOperation{AutoHealAttemptsCount: heals}},
		SyncResult: &argo.SyncOperationResult{Revision: revision, Source: origin},
	}
}

func TestSelfHealsBackOff(t *testing.T) {
	for attempts, seconds := range []int{0, 2, 6, 18, 54, 162, 300, 300} {
		if got := selfHealDelay(int64(attempts)); got != time.Duration(seconds)*time.Second {
			t.Errorf("after %d heals: %s, want %ds", attempts, got, seconds)
		}
	}
}

func TestRetriesBackOffAndEnd(t *testing.T) {
	state := &argo.OperationState{Operation: argo.Operation{Retry: argo.RetryStrategy{Limit: 5}}}
	for count, seconds := range []int{5, 10, 20, 40, 80} {
		state.RetryCount = int64(count)
		if at, again := retryAt(state, noon); !again || at.Sub(noon) != time.Duration(seconds)*time.Second {
			t.Errorf("retry %d: %v after %s, want %ds", count, again, at.Sub(noon), seconds)
		}
	}
	state.RetryCount = 5
	if _, again := retryAt(state, noon); again {
		t.Error("a sixth retry of five")
	}
	state.Operation.Retry = argo.RetryStrategy{Limit: -1, Backoff: &argo.Backoff{Duration: "1", MaxDuration: "3s"}}
	if at, again := retryAt(state, noon); !again || at.Sub(noon) != 3*time.Second {
		t.Errorf("unlimited: %v after %s", again, at.Sub(noon))
	}
}

func TestANewRevisionEndsTheRetriesOfTheLast(t *testing.T) {
	state := last("r1", "Running", 0, 0)
	state.Operation.InitiatedBy.Automated = true
	if !superseded(state, "r2") || superseded(state, "r1") || superseded(state, "") {
		t.Error("only another, known revision supersedes")
	}
	state.FinishedAt = nil
	if superseded(state, "r2") {
		t.Error("an operation that runs is not superseded")
	}
}
