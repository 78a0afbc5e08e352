package app

import (
	"sort"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
)

const defaultHistoryLimit = 10

func comparedTo(app *argo.Application) argo.ComparedTo {
	compared := argo.ComparedTo{Destination: app.Spec.Destination}
	if app.Spec.Source != nil {
		compared.Source = *app.Spec.Source.DeepCopy()
	}
	return compared
}

// setHealth keeps the time of the last change of status.
func (w *work) setHealth(health argo.AppHealthStatus) {
	last := w.app.Status.Health
	health.LastTransitionTime = last.LastTransitionTime
	if last.Status != health.Status || last.LastTransitionTime == nil {
		health.LastTransitionTime = stamp(w.now())
	}
	w.app.Status.Health = health
}

// carryTransitions keeps, for each resource, the time of the last change of its health.
func carryTransitions(before, after []argo.ResourceStatus, now time.Time) {
	last := map[string]*argo.HealthStatus{}
	for _, resource := range before {
		last[resourceOrder(resource)] = resource.Health
	}
	for i := range after {
		health := after[i].Health
		if health == nil {
			continue
		}
		if known := last[resourceOrder(after[i])]; known != nil && known.Status == health.Status && known.LastTransitionTime != nil {
			health.LastTransitionTime = known.LastTransitionTime
		} else {
			health.LastTransitionTime = stamp(now)
		}
	}
}

// setConditions replaces the conditions, keeping the times of those that stay.
func (w *work) setConditions(conditions []argo.ApplicationCondition) {
	times := map[string]*metav1.Time{}
	for _, condition := range w.app.Status.Conditions {
		times[condition.Type+"\x00"+condition.Message] = condition.LastTransitionTime
	}
	for i, condition := range conditions {
		at, ok := times[condition.Type+"\x00"+condition.Message]
		if !ok || at == nil {
			at = stamp(w.now())
		}
		conditions[i].LastTransitionTime = at
	}
	sort.SliceStable(conditions, func(i, j int) bool { return conditions[i].Type < conditions[j].Type })
	w.app.Status.Conditions = conditions
}

// addCondition adds one condition to those of this reconciliation.
func (w *work) addCondition(kind, message string) {
	kept := make([]argo.ApplicationCondition, 0, len(w.app.Status.Conditions)+1)
	for _, condition := range w.app.Status.Conditions {
		if condition.Type != kind {
			kept = append(kept, condition)
		}
	}
	before := w.stored.Status.Conditions
	condition := argo.ApplicationCondition{Type: kind, Message: message}
	for _, known := range before {
		if known.Type == kind && known.Message == message {
			condition.LastTransitionTime = known.LastTransitionTime
		}
	}
	if condition.LastTransitionTime == nil {
		condition.LastTransitionTime = stamp(w.now())
	}
	w.app.Status.Conditions = append(kept, condition)
}

// appendHistory records a sync that succeeded.
func appendHistory(app *argo.Application, state *argo.OperationState) {
	next := int64(0)
	if length := len(app.Status.History); length > 0 {
		next = app.Status.History[length-1].ID + 1
	}
	started := state.StartedAt
	history := append(app.Status.History, argo.RevisionHistory{
		ID: next, Revision: state.SyncResult.Revision, Source: state.SyncResult.Source,
		DeployStartedAt: &started, DeployedAt: *state.FinishedAt, InitiatedBy: state.Operation.InitiatedBy,
	})
	limit := int64(defaultHistoryLimit)
	if app.Spec.RevisionHistoryLimit != nil {
		limit = max(*app.Spec.RevisionHistoryLimit, 0)
	}
	if extra := int64(len(history)) - limit; extra > 0 {
		history = history[extra:]
	}
	app.Status.History = history
}
