package cluster

import (
	"strconv"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
)

// unmanaged leaves kinds out of the cache that change often and that nobody
// keeps in git.
type unmanaged struct{}

var unmanagedKinds = map[string]bool{
	"/Event": true, "events.k8s.io/Event": true,
	"/Endpoints": true, "discovery.k8s.io/EndpointSlice": true,
	"coordination.k8s.io/Lease": true, "coordination.k8s.io/LeaseCandidate": true,
	"/Node": true, "/ComponentStatus": true,
	"storage.k8s.io/CSINode": true, "storage.k8s.io/CSIStorageCapacity": true, "storage.k8s.io/VolumeAttachment": true,
	"flowcontrol.apiserver.k8s.io/FlowSchema": true, "flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration": true,
	"apps/ControllerRevision": true, "networking.k8s.io/IPAddress": true,
	"certificates.k8s.io/CertificateSigningRequest": true,
	"metrics.k8s.io/NodeMetrics":                    true, "metrics.k8s.io/PodMetrics": true,
}

// IsExcludedResource implements kube.ResourceFilter.
func (unmanaged) IsExcludedResource(group, kind, _ string) bool {
	return unmanagedKinds[group+"/"+kind]
}

// newer compares resource versions, which Kubernetes guarantees to be
// comparable numbers for one resource (KEP-5504).
func newer(a, b string) bool {
	left, errLeft := strconv.ParseUint(a, 10, 64)
	right, errRight := strconv.ParseUint(b, 10, 64)
	return errLeft == nil && errRight == nil && left > right
}

func isNoMatch(err error) bool  { return meta.IsNoMatchError(err) }
func isNotFound(err error) bool { return apierrors.IsNotFound(err) }
