package source

import (
	"fmt"
	"path"

	"github.com/go-git/go-git/v5/plumbing/object"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// buildKustomization runs kustomize over the repository in memory. Entries
// that name something outside the repository are refused before kustomize
// could fetch them.
func buildKustomization(root *object.Tree, dir string) ([]*unstructured.Unstructured, error) {
	files, err := readDir(root, "", func(string) bool { return true })
	if err != nil {
		return nil, err
	}
	memory := filesys.MakeFsInMemory()
	for _, f := range files {
		if err := memory.WriteFile(path.Join("/", f.path), f.content); err != nil {
			return nil, fmt.Errorf("kustomize: %w", err)
		}
	}
	for _, f := range files {
		if isMarkerFile(path.Base(f.path)) && path.Base(f.path) != "Chart.yaml" {
			if err := onlyLocal(memory, f); err != nil {
				return nil, err
			}
		}
	}
	options := krusty.MakeDefaultOptions()
	options.PluginConfig = types.DisabledPluginConfig()
	result, err := krusty.MakeKustomizer(options).Run(memory, path.Join("/", dir))
	if err != nil {
		return nil, fmt.Errorf("kustomize build %s: %w", dir, err)
	}
	text, err := result.AsYaml()
	if err != nil {
		return nil, fmt.Errorf("kustomize build %s: %w", dir, err)
	}
	return parse([]file{{path: dir, content: text}})
}

func onlyLocal(memory filesys.FileSystem, f file) error {
	var entries struct {
		Resources  []string `json:"resources"`
		Bases      []string `json:"bases"`
		Components []string `json:"components"`
	}
	if err := yaml.Unmarshal(f.content, &entries); err != nil {
		return fmt.Errorf("%s: %w", f.path, err)
	}
	for _, list := range [][]string{entries.Resources, entries.Bases, entries.Components} {
		for _, entry := range list {
			if !memory.Exists(path.Join("/", path.Dir(f.path), entry)) {
				return fmt.Errorf("%s: %q is not in the repository, and remote bases are not supported", f.path, entry)
			}
		}
	}
	return nil
}
