// Package v1alpha1 is the part of Argo CD's API (argoproj.io/v1alpha1) that
// Pronto serves and reads: Application, ApplicationSet and AppProject, with
// Argo CD's own JSON names. Fields that are not listed are kept by the API
// server (x-kubernetes-preserve-unknown-fields) and ignored here.
//
// +kubebuilder:object:generate=true
// +groupName=argoproj.io
package v1alpha1

//go:generate go run sigs.k8s.io/controller-tools/cmd/controller-gen@v0.20.0 object crd:maxDescLen=0 paths=. output:crd:dir=../crds
