package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// AppProject limits the Applications that name it.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=appprojects,shortName=appproj;appprojs
type AppProject struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec AppProjectSpec `json:"spec"`
}

// AppProjectList is a list of AppProjects.
//
// +kubebuilder:object:root=true
type AppProjectList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata"`
	Items           []AppProject `json:"items"`
}

// AppProjectSpec are the limits. Globs may start with "!" to deny.
//
// +kubebuilder:validation:XPreserveUnknownFields
type AppProjectSpec struct {
	SourceRepos  []string                 `json:"sourceRepos,omitempty"`
	Destinations []ApplicationDestination `json:"destinations,omitempty"`
	Description  string                   `json:"description,omitempty"`
	// ClusterResourceWhitelist: cluster-scoped kinds, Namespace too, are denied unless listed.
	ClusterResourceWhitelist   []ClusterResource `json:"clusterResourceWhitelist,omitempty"`
	ClusterResourceBlacklist   []ClusterResource `json:"clusterResourceBlacklist,omitempty"`
	NamespaceResourceBlacklist []GroupKind       `json:"namespaceResourceBlacklist,omitempty"`
	// NamespaceResourceWhitelist: nil allows every namespaced kind.
	NamespaceResourceWhitelist []GroupKind `json:"namespaceResourceWhitelist,omitempty"`
}

// GroupKind names kinds by globs.
type GroupKind struct {
	Group string `json:"group"`
	Kind  string `json:"kind"`
}

// ClusterResource names cluster-scoped resources by globs; an empty name is any.
type ClusterResource struct {
	Group string `json:"group"`
	Kind  string `json:"kind"`
	Name  string `json:"name,omitempty"`
}
