package app

import (
	"context"
	"fmt"
	"time"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
)

// stepInterval is the longest time between two steps of an operation that
// waits for hooks or waves; events in the cluster wake it earlier.
const stepInterval = time.Second

// operate starts, continues or ends operations and returns when to look again.
func (w *work) operate(ctx context.Context, owner *argo.AppProject, compared *comparison) (time.Duration, error) {
	status := &w.app.Status
	if superseded(status.OperationState, compared.revision) {
		status.OperationState.Phase = argo.OperationFailed
	}
	switch {
	case running(status.OperationState):
	case w.app.Operation != nil:
		status.OperationState = w.begin(*w.app.Operation)
		w.app.Operation = nil
	default:
		choice := autoSync(w.app, compared, w.now())
		if choice.syncError != "" {
			w.addCondition(argo.ConditionSyncError, choice.syncError)
		}
		if choice.operation == nil {
			return choice.after, nil
		}
		status.OperationState = w.begin(*choice.operation)
	}
	if state := status.OperationState; waitsForRetry(state) {
		at, _ := retryAt(state, state.FinishedAt.Time)
		if wait := at.Sub(w.now()); wait > 0 {
			return wait, nil
		}
		state.RetryCount++
		state.FinishedAt, state.Message = nil, ""
		state.SyncResult = &argo.SyncOperationResult{Revision: state.SyncResult.Revision, Source: state.SyncResult.Source}
	}
	return w.step(ctx, owner, compared)
}

func (w *work) begin(operation argo.Operation) *argo.OperationState {
	if operation.Sync == nil {
		operation.Sync = &argo.SyncOperation{}
	}
	return &argo.OperationState{Operation: operation, Phase: argo.OperationRunning, StartedAt: *stamp(w.now())}
}

func running(state *argo.OperationState) bool {
	return state != nil && (state.Phase == argo.OperationRunning || state.Phase == argo.OperationTerminating)
}

// step advances the running operation as far as it goes without waiting.
func (w *work) step(ctx context.Context, owner *argo.AppProject, compared *comparison) (time.Duration, error) {
	state := w.app.Status.OperationState
	if state.Phase == argo.OperationTerminating {
		state.Operation.Retry = argo.RetryStrategy{} // who ends an operation does not want it again
	}
	plan, err := w.plan(ctx, state, compared)
	if err != nil {
		return w.finish(ctx, state, argo.OperationError, err.Error(), compared)
	}
	if len(plan.state.Hooks) > 0 && len(state.SyncResult.Resources) == 0 {
		// A hook must not run twice because the controller died before it said so.
		if err := w.save(ctx); err != nil {
			return 0, err
		}
	}
	outcome, err := w.run(state, owner, plan)
	if err != nil {
		return w.finish(ctx, state, argo.OperationError, err.Error(), compared)
	}
	state.SyncResult.Resources = outcome.resources
	if outcome.phase != argo.OperationRunning {
		return w.finish(ctx, state, outcome.phase, outcome.message, compared)
	}
	state.Message = outcome.message
	return stepInterval, nil
}

// plan is the comparison that the operation brings about: of the revision
// that it began with, which need not be the one compared now.
func (w *work) plan(ctx context.Context, state *argo.OperationState, compared *comparison) (*comparison, error) {
	request := state.Operation.Sync
	source := w.app.Spec.Source
	if request.Source != nil {
		source = request.Source
	}
	if state.SyncResult == nil {
		revision := compared.revision
		if request.Revision != "" && request.Revision != compared.revision || request.Source != nil {
			var err error
			if revision, err = w.cfg.Repositories.Resolve(ctx, source.RepoURL, request.Revision); err != nil {
				return nil, err
			}
		}
		state.SyncResult = &argo.SyncOperationResult{Revision: revision, Source: *source.DeepCopy()}
	}
	if state.SyncResult.Revision == "" {
		return nil, fmt.Errorf("there is no revision to sync: %s", compared.err)
	}
	if state.SyncResult.Revision == compared.revision && request.Source == nil {
		return compared, nil
	}
	objects, sourceType, err := w.cfg.Repositories.Manifests(ctx, *source, state.SyncResult.Revision)
	if err != nil {
		return nil, err
	}
	return w.diffs.compare(ctx, w.app, state.SyncResult.Revision, sourceType, objects)
}

// finish ends an attempt: for good, or until a retry. What the sync changed
// is compared again, so that one write of the status says it all.
func (w *work) finish(ctx context.Context, state *argo.OperationState, phase, message string, compared *comparison) (time.Duration, error) {
	state.Phase, state.Message, state.FinishedAt = phase, message, stamp(w.now())
	w.log.Info("sync", "phase", phase, "rev", revisionOf(state), "message", message)
	if phase == argo.OperationSucceeded {
		request := state.Operation.Sync
		if !request.DryRun && len(request.Resources) == 0 {
			appendHistory(w.app, state)
		}
	}
	if err := w.compareAgain(ctx, compared); err != nil {
		return 0, err
	}
	if phase == argo.OperationSucceeded || state.SyncResult == nil {
		return 0, nil
	}
	if at, again := retryAt(state, w.now()); again {
		state.Phase = argo.OperationRunning
		state.Message = fmt.Sprintf("%s. Retrying attempt #%d at %s.", message, state.RetryCount+1, at.Format(time.Kitchen))
		return max(at.Sub(w.now()), time.Millisecond), nil
	}
	if state.Operation.InitiatedBy.Automated {
		w.addCondition(argo.ConditionSyncError, fmt.Sprintf("Failed last sync attempt to [%s]: %s", revisionOf(state), message))
	}
	return 0, nil
}

func (w *work) compareAgain(ctx context.Context, before *comparison) error {
	if before.revision == "" {
		return nil
	}
	w.mu.Lock()
	git := w.remembered(w.app.Name).fetched
	w.mu.Unlock()
	_, err := w.compareWith(ctx, git)
	return err
}

func revisionOf(state *argo.OperationState) string {
	if state.SyncResult == nil {
		return ""
	}
	return state.SyncResult.Revision
}
