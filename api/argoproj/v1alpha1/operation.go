package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Operation is a request to sync.
//
// +kubebuilder:validation:XPreserveUnknownFields
type Operation struct {
	Sync        *SyncOperation     `json:"sync,omitempty"`
	InitiatedBy OperationInitiator `json:"initiatedBy,omitempty"`
	Info        []*Info            `json:"info,omitempty"`
	Retry       RetryStrategy      `json:"retry,omitempty"`
}

// SyncOperation is what to sync.
//
// +kubebuilder:validation:XPreserveUnknownFields
type SyncOperation struct {
	// Revision is a commit, branch or tag; empty means the spec's target revision.
	Revision     string                  `json:"revision,omitempty"`
	Prune        bool                    `json:"prune,omitempty"`
	DryRun       bool                    `json:"dryRun,omitempty"`
	SyncStrategy *SyncStrategy           `json:"syncStrategy,omitempty"`
	Resources    []SyncOperationResource `json:"resources,omitempty"`
	Source       *ApplicationSource      `json:"source,omitempty"`
	SyncOptions  []string                `json:"syncOptions,omitempty"`
	// AutoHealAttemptsCount counts consecutive self-heals.
	AutoHealAttemptsCount int64 `json:"autoHealAttemptsCount,omitempty"`
}

// SyncStrategy chooses between a sync with hooks and one without.
type SyncStrategy struct {
	Apply *SyncStrategyApply `json:"apply,omitempty"`
	Hook  *SyncStrategyApply `json:"hook,omitempty"`
}

// SyncStrategyApply are the options of a strategy.
type SyncStrategyApply struct {
	Force bool `json:"force,omitempty"`
}

// SyncOperationResource limits a sync to one resource.
type SyncOperationResource struct {
	Group     string `json:"group,omitempty"`
	Kind      string `json:"kind"`
	Name      string `json:"name"`
	Namespace string `json:"namespace,omitempty"`
}

// OperationInitiator says who asked.
type OperationInitiator struct {
	Username  string `json:"username,omitempty"`
	Automated bool   `json:"automated,omitempty"`
}

// OperationState is the last or the running operation.
type OperationState struct {
	Operation  Operation            `json:"operation"`
	Phase      string               `json:"phase"`
	Message    string               `json:"message,omitempty"`
	SyncResult *SyncOperationResult `json:"syncResult,omitempty"`
	StartedAt  metav1.Time          `json:"startedAt"`
	FinishedAt *metav1.Time         `json:"finishedAt,omitempty"`
	RetryCount int64                `json:"retryCount,omitempty"`
}

// SyncOperationResult is what a sync did.
type SyncOperationResult struct {
	Resources []ResourceResult  `json:"resources,omitempty"`
	Revision  string            `json:"revision"`
	Source    ApplicationSource `json:"source,omitempty"`
}

// ResourceResult is what a sync did with one resource.
type ResourceResult struct {
	Group     string   `json:"group"`
	Version   string   `json:"version"`
	Kind      string   `json:"kind"`
	Namespace string   `json:"namespace"`
	Name      string   `json:"name"`
	Status    string   `json:"status,omitempty"`
	Message   string   `json:"message,omitempty"`
	HookType  string   `json:"hookType,omitempty"`
	HookPhase string   `json:"hookPhase,omitempty"`
	SyncPhase string   `json:"syncPhase,omitempty"`
	Images    []string `json:"images,omitempty"`
}
