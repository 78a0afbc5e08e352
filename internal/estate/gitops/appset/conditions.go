package appset

import (
	"errors"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
)

const (
	isTrue  = "True"
	isFalse = "False"
)

// setError writes the conditions of a generation that failed and changed nothing.
func setError(set *argo.ApplicationSet, err error, now time.Time) {
	reason := argo.AppSetReasonErrorOccurred
	var known *failure
	if errors.As(err, &known) {
		reason = known.reason
	}
	generated := isTrue
	if reason == argo.AppSetReasonGenerationError || reason == argo.AppSetReasonRenderError {
		generated = isFalse
	}
	setCondition(set, argo.AppSetConditionErrorOccurred, isTrue, reason, err.Error(), now)
	setCondition(set, argo.AppSetConditionParametersGenerated, generated, reason, err.Error(), now)
	setCondition(set, argo.AppSetConditionResourcesUpToDate, isFalse, reason, err.Error(), now)
}

// setOutcome writes the conditions of a generation that succeeded.
func setOutcome(set *argo.ApplicationSet, plan plan, now time.Time) {
	setCondition(set, argo.AppSetConditionParametersGenerated, isTrue, argo.AppSetReasonParametersGenerated,
		"Successfully generated parameters for all Applications", now)
	if len(plan.invalid) > 0 {
		message := strings.Join(plan.invalid, "; ")
		setCondition(set, argo.AppSetConditionErrorOccurred, isTrue, argo.AppSetReasonValidationError, message, now)
		setCondition(set, argo.AppSetConditionResourcesUpToDate, isFalse, argo.AppSetReasonValidationError, message, now)
		return
	}
	message := "All applications have been generated successfully"
	setCondition(set, argo.AppSetConditionErrorOccurred, isFalse, argo.AppSetReasonUpToDate, "Successfully generated parameters for all Applications", now)
	setCondition(set, argo.AppSetConditionResourcesUpToDate, isTrue, argo.AppSetReasonUpToDate, message, now)
}

func setCondition(set *argo.ApplicationSet, kind, status, reason, message string, now time.Time) {
	wanted := argo.ApplicationSetCondition{Type: kind, Status: status, Reason: reason, Message: message,
		LastTransitionTime: &metav1.Time{Time: now.UTC().Truncate(time.Second)}}
	for i, known := range set.Status.Conditions {
		if known.Type != kind {
			continue
		}
		if known.Status == status && known.Reason == reason && known.Message == message {
			return
		}
		set.Status.Conditions[i] = wanted
		return
	}
	set.Status.Conditions = append(set.Status.Conditions, wanted)
}

func statusChanged(set, stored *argo.ApplicationSet) bool {
	return !equality.Semantic.DeepEqual(set.Status, stored.Status)
}
