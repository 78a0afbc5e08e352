package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// ApplicationStatus is what the controller observed and did.
//
// +kubebuilder:validation:XPreserveUnknownFields
type ApplicationStatus struct {
	Resources            []ResourceStatus       `json:"resources,omitempty"`
	Sync                 SyncStatus             `json:"sync,omitempty"`
	Health               AppHealthStatus        `json:"health,omitempty"`
	History              []RevisionHistory      `json:"history,omitempty"`
	Conditions           []ApplicationCondition `json:"conditions,omitempty"`
	ReconciledAt         *metav1.Time           `json:"reconciledAt,omitempty"`
	OperationState       *OperationState        `json:"operationState,omitempty"`
	ObservedAt           *metav1.Time           `json:"observedAt,omitempty"`
	SourceType           string                 `json:"sourceType,omitempty"`
	Summary              ApplicationSummary     `json:"summary,omitempty"`
	ResourceHealthSource string                 `json:"resourceHealthSource,omitempty"`
	ControllerNamespace  string                 `json:"controllerNamespace,omitempty"`
}

// SyncStatus is the outcome of the last comparison.
type SyncStatus struct {
	Status     string     `json:"status"`
	ComparedTo ComparedTo `json:"comparedTo,omitempty"`
	Revision   string     `json:"revision,omitempty"`
}

// ComparedTo is what the live state was compared to.
type ComparedTo struct {
	Source      ApplicationSource      `json:"source,omitempty"`
	Destination ApplicationDestination `json:"destination"`
}

// AppHealthStatus is the worst health among the resources.
type AppHealthStatus struct {
	Status             string       `json:"status,omitempty"`
	LastTransitionTime *metav1.Time `json:"lastTransitionTime,omitempty"`
	Message            string       `json:"message,omitempty"`
}

// HealthStatus is the health of one resource.
type HealthStatus struct {
	Status             string       `json:"status,omitempty"`
	Message            string       `json:"message,omitempty"`
	LastTransitionTime *metav1.Time `json:"lastTransitionTime,omitempty"`
}

// ResourceStatus is one managed resource.
type ResourceStatus struct {
	Group           string        `json:"group,omitempty"`
	Version         string        `json:"version,omitempty"`
	Kind            string        `json:"kind,omitempty"`
	Namespace       string        `json:"namespace,omitempty"`
	Name            string        `json:"name,omitempty"`
	Status          string        `json:"status,omitempty"`
	Health          *HealthStatus `json:"health,omitempty"`
	Hook            bool          `json:"hook,omitempty"`
	RequiresPruning bool          `json:"requiresPruning,omitempty"`
	SyncWave        int64         `json:"syncWave,omitempty"`
}

// ApplicationCondition is something a person should know.
type ApplicationCondition struct {
	Type               string       `json:"type"`
	Message            string       `json:"message"`
	LastTransitionTime *metav1.Time `json:"lastTransitionTime,omitempty"`
}

// ApplicationSummary is shown in lists.
type ApplicationSummary struct {
	ExternalURLs []string `json:"externalURLs,omitempty"`
	Images       []string `json:"images,omitempty"`
}

// RevisionHistory is one sync that succeeded.
type RevisionHistory struct {
	Revision        string             `json:"revision,omitempty"`
	DeployedAt      metav1.Time        `json:"deployedAt"`
	ID              int64              `json:"id"`
	Source          ApplicationSource  `json:"source,omitempty"`
	DeployStartedAt *metav1.Time       `json:"deployStartedAt,omitempty"`
	InitiatedBy     OperationInitiator `json:"initiatedBy,omitempty"`
}
