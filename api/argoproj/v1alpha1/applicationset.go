package v1alpha1

import (
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// ApplicationSet generates Applications from a template.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=applicationsets,shortName=appset;appsets
// +kubebuilder:subresource:status
type ApplicationSet struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec ApplicationSetSpec `json:"spec"`
	// +optional
	Status ApplicationSetStatus `json:"status,omitempty"`
}

// ApplicationSetList is a list of ApplicationSets.
//
// +kubebuilder:object:root=true
type ApplicationSetList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata"`
	Items           []ApplicationSet `json:"items"`
}

// ApplicationSetSpec says what is generated from what.
//
// +kubebuilder:validation:XPreserveUnknownFields
type ApplicationSetSpec struct {
	GoTemplate        bool                      `json:"goTemplate,omitempty"`
	GoTemplateOptions []string                  `json:"goTemplateOptions,omitempty"`
	Generators        []ApplicationSetGenerator `json:"generators"`
	// Template is rendered with each set of parameters. It may hold any field
	// of an Application, so it is kept as it was written.
	Template        apiextensionsv1.JSON      `json:"template"`
	TemplatePatch   *string                   `json:"templatePatch,omitempty"`
	SyncPolicy      *ApplicationSetSyncPolicy `json:"syncPolicy,omitempty"`
	PreservedFields *PreservedFields          `json:"preservedFields,omitempty"`
}

// ApplicationSetGenerator is one source of parameters. Exactly one field is set.
//
// +kubebuilder:validation:XPreserveUnknownFields
type ApplicationSetGenerator struct {
	SCMProvider *SCMProviderGenerator `json:"scmProvider,omitempty"`
}

// SCMProviderGenerator yields one set of parameters per repository of an organisation.
//
// +kubebuilder:validation:XPreserveUnknownFields
type SCMProviderGenerator struct {
	Github              *SCMProviderGithub  `json:"github,omitempty"`
	Filters             []SCMProviderFilter `json:"filters,omitempty"`
	CloneProtocol       string              `json:"cloneProtocol,omitempty"`
	RequeueAfterSeconds *int64              `json:"requeueAfterSeconds,omitempty"`
	Values              map[string]string   `json:"values,omitempty"`
}

// SCMProviderGithub is an organisation on GitHub or a server with its API.
type SCMProviderGithub struct {
	Organization         string     `json:"organization"`
	API                  string     `json:"api,omitempty"`
	TokenRef             *SecretRef `json:"tokenRef,omitempty"`
	AppSecretName        string     `json:"appSecretName,omitempty"`
	AllBranches          bool       `json:"allBranches,omitempty"`
	ExcludeArchivedRepos bool       `json:"excludeArchivedRepos,omitempty"`
}

// SecretRef is a key of a Secret beside the ApplicationSet.
type SecretRef struct {
	SecretName string `json:"secretName"`
	Key        string `json:"key"`
}

// SCMProviderFilter keeps repositories for which every given condition holds.
// The expressions are Go regular expressions and not anchored.
type SCMProviderFilter struct {
	RepositoryMatch *string  `json:"repositoryMatch,omitempty"`
	PathsExist      []string `json:"pathsExist,omitempty"`
	PathsDoNotExist []string `json:"pathsDoNotExist,omitempty"`
	LabelMatch      *string  `json:"labelMatch,omitempty"`
	BranchMatch     *string  `json:"branchMatch,omitempty"`
}

// ApplicationSetSyncPolicy limits what may be done to generated Applications.
type ApplicationSetSyncPolicy struct {
	PreserveResourcesOnDeletion bool `json:"preserveResourcesOnDeletion,omitempty"`
	// +kubebuilder:validation:Enum=create-only;create-update;create-delete;sync
	ApplicationsSync *string `json:"applicationsSync,omitempty"`
}

// PreservedFields names metadata of Applications that updates leave alone.
type PreservedFields struct {
	Annotations []string `json:"annotations,omitempty"`
	Labels      []string `json:"labels,omitempty"`
}

// ApplicationSetStatus is what the controller observed and did.
//
// +kubebuilder:validation:XPreserveUnknownFields
type ApplicationSetStatus struct {
	Conditions     []ApplicationSetCondition `json:"conditions,omitempty"`
	Resources      []ResourceStatus          `json:"resources,omitempty"`
	ResourcesCount int64                     `json:"resourcesCount,omitempty"`
}

// ApplicationSetCondition is a condition in Kubernetes' form.
type ApplicationSetCondition struct {
	Type               string       `json:"type"`
	Message            string       `json:"message"`
	LastTransitionTime *metav1.Time `json:"lastTransitionTime,omitempty"`
	Status             string       `json:"status"`
	Reason             string       `json:"reason"`
}

// Types and reasons of ApplicationSetCondition.
const (
	AppSetConditionErrorOccurred       = "ErrorOccurred"
	AppSetConditionParametersGenerated = "ParametersGenerated"
	AppSetConditionResourcesUpToDate   = "ResourcesUpToDate"

	AppSetReasonUpToDate            = "ApplicationSetUpToDate"
	AppSetReasonErrorOccurred       = "ErrorOccurred"
	AppSetReasonParametersGenerated = "ParametersGenerated"
	AppSetReasonGenerationError     = "ApplicationGenerationFromParamsError"
	AppSetReasonRenderError         = "RenderTemplateParamsError"
	AppSetReasonCreateError         = "CreateApplicationError"
	AppSetReasonUpdateError         = "UpdateApplicationError"
	AppSetReasonDeleteError         = "DeleteApplicationError"
	AppSetReasonValidationError     = "ApplicationValidationError"
)

// Values of ApplicationSetSyncPolicy.ApplicationsSync.
const (
	ApplicationsSyncCreateOnly   = "create-only"
	ApplicationsSyncCreateUpdate = "create-update"
	ApplicationsSyncCreateDelete = "create-delete"
	ApplicationsSyncSync         = "sync"
)
