package app

import (
	"fmt"
	"strconv"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
)

// Limits of automatic syncs; Argo CD's defaults.
const (
	defaultRetryLimit    = 5
	defaultRetryDuration = 5 * time.Second
	defaultRetryFactor   = 2
	defaultRetryMax      = 3 * time.Minute
	selfHealFirst        = 2 * time.Second
	selfHealFactor       = 3
	selfHealMax          = 300 * time.Second
	selfHealCooldown     = 330 * time.Second
)

// decision is the outcome of autoSync: an operation to run, or a time to ask
// again, or a condition that says why nothing is done.
type decision struct {
	operation *argo.Operation
	after     time.Duration
	syncError string
}

// automated returns the policy if syncs start by themselves.
func automated(app *argo.Application) *argo.SyncPolicyAutomated {
	if app.Spec.SyncPolicy == nil || app.Spec.SyncPolicy.Automated == nil {
		return nil
	}
	policy := app.Spec.SyncPolicy.Automated
	if policy.Enabled != nil && !*policy.Enabled {
		return nil
	}
	return policy
}

// autoSync decides whether what was compared calls for a sync. It is called
// when no operation is asked for or running.
func autoSync(app *argo.Application, compared *comparison, now time.Time) decision {
	policy := automated(app)
	if policy == nil || compared.sync != argo.SyncStatusOutOfSync || compared.err != "" {
		return decision{}
	}
	resources := compared.outOfSync()
	if len(resources) == 0 || !policy.Prune && onlyPruning(resources) {
		return decision{}
	}
	operation := &argo.Operation{
		Sync: &argo.SyncOperation{
			Revision: compared.revision, Prune: policy.Prune, SyncOptions: syncOptions(app),
		},
		InitiatedBy: argo.OperationInitiator{Automated: true},
		Retry:       retryOf(app),
	}
	if last := app.Status.OperationState; attempted(last, app.Spec.Source, compared.revision) {
		if stop := again(operation, last, policy, resources, now); stop != nil {
			return *stop
		}
	}
	if policy.Prune && !policy.AllowEmpty && wipesOut(compared) {
		return decision{syncError: "Skipping sync attempt to " + compared.revision + ": auto-sync will wipe out all resources"}
	}
	return decision{operation: operation}
}

// again adapts operation to a revision that was tried before; a non-nil
// decision says not to run it, or not yet.
func again(operation *argo.Operation, last *argo.OperationState, policy *argo.SyncPolicyAutomated, resources []argo.ResourceStatus, now time.Time) *decision {
	if last.Phase != argo.OperationSucceeded {
		return &decision{syncError: fmt.Sprintf("Failed last sync attempt to [%s]: %s", last.SyncResult.Revision, last.Message)}
	}
	if !policy.SelfHeal {
		return &decision{}
	}
	since := selfHealCooldown
	if last.FinishedAt != nil {
		since = now.Sub(last.FinishedAt.Time)
	}
	attempts := last.Operation.Sync.AutoHealAttemptsCount
	if since >= selfHealCooldown {
		attempts = 0
	}
	if wait := selfHealDelay(attempts) - since; wait > 0 {
		return &decision{after: wait}
	}
	operation.Sync.AutoHealAttemptsCount = attempts + 1
	for _, resource := range resources {
		operation.Sync.Resources = append(operation.Sync.Resources, argo.SyncOperationResource{
			Group: resource.Group, Kind: resource.Kind, Namespace: resource.Namespace, Name: resource.Name,
		})
	}
	return nil
}

// selfHealDelay is the least time between a sync and the heal after it: none
// for the first heal, then 2 s, 6 s, 18 s, ... up to 5 minutes.
func selfHealDelay(attempts int64) time.Duration {
	if attempts == 0 {
		return 0
	}
	delay := selfHealFirst
	for range attempts - 1 {
		if delay *= selfHealFactor; delay >= selfHealMax {
			return selfHealMax
		}
	}
	return delay
}

// attempted says whether the last operation tried this revision of this source.
func attempted(last *argo.OperationState, source *argo.ApplicationSource, revision string) bool {
	return last != nil && last.Operation.Sync != nil && !last.Operation.Sync.DryRun && last.SyncResult != nil &&
		last.SyncResult.Revision == revision && source != nil && equality.Semantic.DeepEqual(last.SyncResult.Source, *source)
}

func onlyPruning(resources []argo.ResourceStatus) bool {
	for _, resource := range resources {
		if !resource.RequiresPruning {
			return false
		}
	}
	return true
}

func wipesOut(compared *comparison) bool {
	if len(compared.resources) == 0 {
		return false
	}
	return onlyPruning(compared.resources)
}

func syncOptions(app *argo.Application) []string {
	if app.Spec.SyncPolicy == nil {
		return nil
	}
	return app.Spec.SyncPolicy.SyncOptions
}

func retryOf(app *argo.Application) argo.RetryStrategy {
	if app.Spec.SyncPolicy != nil && app.Spec.SyncPolicy.Retry != nil {
		return *app.Spec.SyncPolicy.Retry
	}
	return argo.RetryStrategy{Limit: defaultRetryLimit}
}

// retryAt says whether a failed operation is tried again, and when.
func retryAt(state *argo.OperationState, finished time.Time) (time.Time, bool) {
	retry := state.Operation.Retry
	if retry.Limit >= 0 && state.RetryCount >= retry.Limit {
		return time.Time{}, false
	}
	delay, factor, most := defaultRetryDuration, int64(defaultRetryFactor), defaultRetryMax
	if backoff := retry.Backoff; backoff != nil {
		delay = durationOr(backoff.Duration, delay)
		most = durationOr(backoff.MaxDuration, most)
		if backoff.Factor != nil {
			factor = *backoff.Factor
		}
	}
	for range state.RetryCount {
		if delay *= time.Duration(factor); delay >= most || delay <= 0 {
			delay = most
			break
		}
	}
	return finished.Add(min(delay, most)), true
}

// durationOr reads a Go duration or a number of seconds.
func durationOr(text string, otherwise time.Duration) time.Duration {
	if parsed, err := time.ParseDuration(text); err == nil {
		return parsed
	}
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.Duration(seconds) * time.Second
	}
	return otherwise
}

// waitsForRetry says that the operation failed and is to be tried again later.
func waitsForRetry(state *argo.OperationState) bool {
	return state != nil && state.Phase == argo.OperationRunning && state.FinishedAt != nil
}

// superseded says that a retry of an automatic sync is pointless, because
// there is a newer revision. Argo CD does this with retry.refresh only; here
// the fix for a broken commit never waits for the broken commit's retries.
func superseded(state *argo.OperationState, revision string) bool {
	return waitsForRetry(state) && state.Operation.InitiatedBy.Automated && state.SyncResult != nil &&
		revision != "" && state.SyncResult.Revision != revision
}

func stamp(now time.Time) *metav1.Time {
	return &metav1.Time{Time: now.UTC().Truncate(time.Second)}
}
