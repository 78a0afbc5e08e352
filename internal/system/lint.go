package system

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/pronto-platform/pronto/internal/base/yamlcore"
	"github.com/pronto-platform/pronto/internal/config"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/lint"
)

// LintOptions are what `pronto template lint` takes beside the directory.
type LintOptions struct {
	Values string // file with values of the form, YAML or JSON; empty: none
	Keep   string // directory for the rendered files; empty: none
}

// LintTemplate checks the template in a directory with the values of the
// platform in the state directory, and against its cluster when it runs;
// without a platform, with those that a new one would have.
func LintTemplate(ctx context.Context, state, dir string, o LintOptions) (lint.Report, error) {
	cfg, err := existing(state)
	up := err == nil && running(cfg, procSupervisor)
	switch {
	case errors.Is(err, ErrNotUp):
		cfg = config.Default()
	case err != nil:
		return lint.Report{}, err
	}
	options := lint.Options{Site: siteValues(cfg, []string{runtime.GOARCH}), Keep: o.Keep}
	if options.Values, err = formValues(o.Values); err != nil {
		return lint.Report{}, err
	}
	if up {
		if options.Cluster, err = clusterOf(cfg); err != nil {
			return lint.Report{}, err
		}
	}
	return lint.Dir(ctx, dir, options)
}

func formValues(file string) (map[string]any, error) {
	if file == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("values of the form: %w", err)
	}
	var values map[string]any
	if err := yamlcore.Unmarshal(raw, &values); err != nil {
		return nil, fmt.Errorf("values of the form: %s: %w", file, err)
	}
	return values, nil
}

func clusterOf(cfg config.Config) (*rest.Config, error) {
	path := kubeconfigPath(cfg)
	restConfig, err := clientcmd.BuildConfigFromFlags("", path)
	if err != nil {
		return nil, fmt.Errorf("kubeconfig %s: %w", path, err)
	}
	return restConfig, nil
}
