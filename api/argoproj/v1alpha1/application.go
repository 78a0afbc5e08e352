package v1alpha1

import (
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Application is a directory of manifests in git that is kept applied to a cluster.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=applications,shortName=app;apps
// +kubebuilder:printcolumn:name="Sync Status",type=string,JSONPath=`.status.sync.status`
// +kubebuilder:printcolumn:name="Health Status",type=string,JSONPath=`.status.health.status`
// +kubebuilder:printcolumn:name="Revision",type=string,JSONPath=`.status.sync.revision`,priority=10
// +kubebuilder:printcolumn:name="Project",type=string,JSONPath=`.spec.project`,priority=10
type Application struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec ApplicationSpec `json:"spec"`
	// +optional
	Status ApplicationStatus `json:"status,omitempty"`
	// Operation asks for a sync; the controller takes it off when it starts.
	Operation *Operation `json:"operation,omitempty"`
}

// ApplicationList is a list of Applications.
//
// +kubebuilder:object:root=true
type ApplicationList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata"`
	Items           []Application `json:"items"`
}

// ApplicationSpec says what is applied where.
//
// +kubebuilder:validation:XPreserveUnknownFields
type ApplicationSpec struct {
	Source      *ApplicationSource     `json:"source,omitempty"`
	Sources     []ApplicationSource    `json:"sources,omitempty"`
	Destination ApplicationDestination `json:"destination"`
	Project     string                 `json:"project"`
	SyncPolicy  *SyncPolicy            `json:"syncPolicy,omitempty"`
	// IgnoreDifferences are fields that the comparison leaves out.
	IgnoreDifferences []ResourceIgnoreDifferences `json:"ignoreDifferences,omitempty"`
	Info              []Info                      `json:"info,omitempty"`
	// RevisionHistoryLimit is the length of status.history; nil means 10.
	RevisionHistoryLimit *int64 `json:"revisionHistoryLimit,omitempty"`
}

// ApplicationSource is a directory of a git repository at a revision.
//
// +kubebuilder:validation:XPreserveUnknownFields
type ApplicationSource struct {
	RepoURL string `json:"repoURL"`
	Path    string `json:"path,omitempty"`
	// TargetRevision is a branch, tag, commit or HEAD, which is the default.
	TargetRevision string                      `json:"targetRevision,omitempty"`
	Directory      *ApplicationSourceDirectory `json:"directory,omitempty"`
	Helm           *apiextensionsv1.JSON       `json:"helm,omitempty"`
	Kustomize      *apiextensionsv1.JSON       `json:"kustomize,omitempty"`
	Plugin         *apiextensionsv1.JSON       `json:"plugin,omitempty"`
	Chart          string                      `json:"chart,omitempty"`
	Ref            string                      `json:"ref,omitempty"`
	Name           string                      `json:"name,omitempty"`
}

// ApplicationSourceDirectory is how a plain directory is read.
//
// +kubebuilder:validation:XPreserveUnknownFields
type ApplicationSourceDirectory struct {
	Recurse bool `json:"recurse,omitempty"`
	// Include and Exclude are globs over paths relative to the directory.
	Include string `json:"include,omitempty"`
	Exclude string `json:"exclude,omitempty"`
}

// ApplicationDestination is a cluster, by server URL or by name, and a namespace.
type ApplicationDestination struct {
	Server    string `json:"server,omitempty"`
	Name      string `json:"name,omitempty"`
	Namespace string `json:"namespace,omitempty"`
}

// SyncPolicy is when and how an Application is synced.
//
// +kubebuilder:validation:XPreserveUnknownFields
type SyncPolicy struct {
	Automated                *SyncPolicyAutomated      `json:"automated,omitempty"`
	SyncOptions              []string                  `json:"syncOptions,omitempty"`
	Retry                    *RetryStrategy            `json:"retry,omitempty"`
	ManagedNamespaceMetadata *ManagedNamespaceMetadata `json:"managedNamespaceMetadata,omitempty"`
}

// SyncPolicyAutomated starts syncs without being asked.
type SyncPolicyAutomated struct {
	Prune      bool  `json:"prune,omitempty"`
	SelfHeal   bool  `json:"selfHeal,omitempty"`
	AllowEmpty bool  `json:"allowEmpty,omitempty"`
	Enabled    *bool `json:"enabled,omitempty"`
}

// RetryStrategy is how often a failed sync is tried again.
type RetryStrategy struct {
	// Limit of attempts; negative means no limit.
	Limit   int64    `json:"limit,omitempty"`
	Backoff *Backoff `json:"backoff,omitempty"`
	// Refresh takes the newest revision for a retry.
	Refresh bool `json:"refresh,omitempty"`
}

// Backoff is the time between retries, in Go duration notation or seconds.
type Backoff struct {
	Duration    string `json:"duration,omitempty"`
	Factor      *int64 `json:"factor,omitempty"`
	MaxDuration string `json:"maxDuration,omitempty"`
}

// ManagedNamespaceMetadata is put on a namespace that CreateNamespace=true makes.
type ManagedNamespaceMetadata struct {
	Labels      map[string]string `json:"labels,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// ResourceIgnoreDifferences names fields of resources by JSON pointers.
//
// +kubebuilder:validation:XPreserveUnknownFields
type ResourceIgnoreDifferences struct {
	Group        string   `json:"group,omitempty"`
	Kind         string   `json:"kind"`
	Name         string   `json:"name,omitempty"`
	Namespace    string   `json:"namespace,omitempty"`
	JSONPointers []string `json:"jsonPointers,omitempty"`
}

// Info is a note for people.
type Info struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}
