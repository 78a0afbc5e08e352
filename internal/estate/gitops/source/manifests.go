package source

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"strings"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/kube"
	"github.com/bmatcuk/doublestar/v4"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
)

// Kinds of source, as status.sourceType names them.
const (
	TypeDirectory = "Directory"
	TypeKustomize = "Kustomize"
)

// skipMarker in a file's text keeps the file from being read as a manifest.
var skipMarker = []byte("+argocd:skip-file-rendering")

// Manifests returns the objects that source describes at commit sha, and the
// kind of the source.
func (r *Repositories) Manifests(_ context.Context, source argo.ApplicationSource, sha string) ([]*unstructured.Unstructured, string, error) {
	if err := supported(source); err != nil {
		return nil, "", err
	}
	root, release, err := r.tree(source.RepoURL, sha)
	if err != nil {
		return nil, "", err
	}
	defer release()
	names, err := readDir(root, source.Path, func(name string) bool { return isTopLevel(name) && isMarkerFile(name) })
	if err != nil {
		return nil, "", err
	}
	for _, found := range names {
		if found.path == "Chart.yaml" {
			return nil, "", fmt.Errorf("%s is a Helm chart: only plain directories and kustomizations are supported", source.Path)
		}
	}
	if len(names) > 0 {
		objects, err := buildKustomization(root, source.Path)
		return objects, TypeKustomize, err
	}
	files, err := readDir(root, source.Path, directoryFilter(source.Directory))
	if err != nil {
		return nil, "", err
	}
	objects, err := parse(files)
	return objects, TypeDirectory, err
}

func supported(source argo.ApplicationSource) error {
	for what, given := range map[string]bool{
		"helm": source.Helm != nil, "plugin": source.Plugin != nil, "chart": source.Chart != "",
		"kustomize": source.Kustomize != nil, "ref": source.Ref != "",
	} {
		if given {
			return fmt.Errorf("spec.source.%s is not supported: only plain directories and kustomizations without options are", what)
		}
	}
	return nil
}

func isMarkerFile(name string) bool {
	switch name {
	case "Chart.yaml", "kustomization.yaml", "kustomization.yml", "Kustomization":
		return true
	}
	return false
}

// directoryFilter keeps what Argo CD reads of a plain directory.
func directoryFilter(options *argo.ApplicationSourceDirectory) func(string) bool {
	if options == nil {
		options = &argo.ApplicationSourceDirectory{}
	}
	return func(name string) bool {
		switch path.Ext(name) {
		case ".yaml", ".yml", ".json":
		default:
			return false
		}
		if !options.Recurse && !isTopLevel(name) {
			return false
		}
		if options.Exclude != "" && glob(options.Exclude, name) {
			return false
		}
		return options.Include == "" || glob(options.Include, name)
	}
}

// glob matches a pattern where * also crosses directories, as Argo CD's do.
func glob(pattern, name string) bool {
	matched, err := doublestar.Match(pattern, name)
	if err == nil && matched {
		return true
	}
	flat, err := doublestar.Match(strings.ReplaceAll(pattern, "/", "\x00"), strings.ReplaceAll(name, "/", "\x00"))
	return err == nil && flat
}

func parse(files []file) ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	for _, f := range files {
		if bytes.Contains(f.content, skipMarker) {
			continue
		}
		found, err := kube.SplitYAML(f.content)
		if err != nil {
			return nil, fmt.Errorf("Failed to unmarshal %q: %w", f.path, err) //nolint:staticcheck // Argo CD's condition, word for word
		}
		for _, object := range found {
			flat, err := flatten(object)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", f.path, err)
			}
			objects = append(objects, flat...)
		}
	}
	return objects, nil
}

// flatten takes lists apart and refuses objects that cannot be addressed.
func flatten(object *unstructured.Unstructured) ([]*unstructured.Unstructured, error) {
	if len(object.Object) == 0 {
		return nil, nil
	}
	if object.IsList() {
		var objects []*unstructured.Unstructured
		err := object.EachListItem(func(item runtime.Object) error {
			entry, ok := item.(*unstructured.Unstructured)
			if !ok {
				return fmt.Errorf("list %s holds something that is not an object", object.GetKind())
			}
			flat, err := flatten(entry)
			objects = append(objects, flat...)
			return err
		})
		return objects, err
	}
	if object.GetKind() == "" || object.GetAPIVersion() == "" {
		return nil, fmt.Errorf("an object has no apiVersion or kind")
	}
	if object.GetName() == "" && object.GetGenerateName() == "" {
		return nil, fmt.Errorf("%s has no metadata.name", object.GetKind())
	}
	return []*unstructured.Unstructured{object}, nil
}
