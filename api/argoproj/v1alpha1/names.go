package v1alpha1

// Names that Argo CD reserves on its resources and on those it manages.
const (
	// AnnotationTrackingID marks a managed resource: <app>:<group>/<Kind>:<namespace>/<name>.
	AnnotationTrackingID = "argocd.argoproj.io/tracking-id"
	// AnnotationRefresh on an Application asks for a comparison: "normal" or "hard".
	AnnotationRefresh = "argocd.argoproj.io/refresh"
	// AnnotationApplicationSetRefresh on an ApplicationSet asks for a generation: "true".
	AnnotationApplicationSetRefresh = "argocd.argoproj.io/application-set-refresh"
	// AnnotationNotified is kept on generated Applications by Argo CD's own controller.
	AnnotationNotified = "notified.notifications.argoproj.io"
	// ResourcesFinalizer deletes an Application's resources in the foreground before the Application.
	ResourcesFinalizer = "resources-finalizer.argocd.argoproj.io"
	// ForegroundResourcesFinalizer is the qualified spelling of ResourcesFinalizer.
	ForegroundResourcesFinalizer = "resources-finalizer.argocd.argoproj.io/foreground"
	// BackgroundResourcesFinalizer is ResourcesFinalizer with background propagation.
	BackgroundResourcesFinalizer = "resources-finalizer.argocd.argoproj.io/background"
	// DefaultProject is the AppProject that always exists.
	DefaultProject = "default"
	// KubernetesInClusterServer is the destination server that means "the cluster the controller runs against".
	KubernetesInClusterServer = "https://kubernetes.default.svc"
	// KubernetesInClusterName is the destination name with the same meaning.
	KubernetesInClusterName = "in-cluster"
)

// Values of SyncStatus.Status and ResourceStatus.Status.
const (
	SyncStatusUnknown   = "Unknown"
	SyncStatusSynced    = "Synced"
	SyncStatusOutOfSync = "OutOfSync"
)

// Values of RefreshType annotations.
const (
	RefreshNormal = "normal"
	RefreshHard   = "hard"
)

// Values of OperationState.Phase.
const (
	OperationRunning     = "Running"
	OperationTerminating = "Terminating"
	OperationFailed      = "Failed"
	OperationError       = "Error"
	OperationSucceeded   = "Succeeded"
)

// Types of ApplicationCondition.
const (
	ConditionInvalidSpecError        = "InvalidSpecError"
	ConditionComparisonError         = "ComparisonError"
	ConditionSyncError               = "SyncError"
	ConditionDeletionError           = "DeletionError"
	ConditionUnknownError            = "UnknownError"
	ConditionSharedResourceWarning   = "SharedResourceWarning"
	ConditionRepeatedResourceWarning = "RepeatedResourceWarning"
	ConditionExcludedResourceWarning = "ExcludedResourceWarning"
)
