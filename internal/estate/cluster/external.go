package cluster

import (
	"context"
	"fmt"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// External is a cluster that exists already and is reached by a kubeconfig.
type External struct{ Kubeconfig string }

// RESTConfig reads the kubeconfig and its current context.
func (e External) RESTConfig() (*rest.Config, error) {
	restConfig, err := clientcmd.BuildConfigFromFlags("", e.Kubeconfig)
	if err != nil {
		return nil, fmt.Errorf("kubeconfig %s: %w", e.Kubeconfig, err)
	}
	return restConfig, nil
}

// Wait returns when the API server is ready. A kubeconfig that cannot be read
// is an error at once.
func (e External) Wait(ctx context.Context) error {
	restConfig, err := e.RESTConfig()
	if err != nil {
		return err
	}
	_, err = waitAPIServer(ctx, func() (*rest.Config, error) { return restConfig, nil })
	return err
}
