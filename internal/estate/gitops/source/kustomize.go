package source

import (
	"fmt"
	"path"
	"slices"

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
	if err := onlyLocal(memory, path.Join("/", dir), map[string]bool{}); err != nil {
		return nil, err
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

// onlyLocal follows the kustomization in dir to all that it is made of.
func onlyLocal(memory filesys.FileSystem, dir string, seen map[string]bool) error {
	if seen[dir] {
		return nil
	}
	seen[dir] = true
	for _, name := range []string{"kustomization.yaml", "kustomization.yml", "Kustomization"} {
		file := path.Join(dir, name)
		if !memory.Exists(file) {
			continue
		}
		text, err := memory.ReadFile(file)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		var entries struct {
			Resources  []string `json:"resources"`
			Bases      []string `json:"bases"`
			Components []string `json:"components"`
			CRDs       []string `json:"crds"`
		}
		if err := yaml.Unmarshal(text, &entries); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		for _, entry := range slices.Concat(entries.Resources, entries.Bases, entries.Components, entries.CRDs) {
			target := path.Join(dir, entry)
			if !memory.Exists(target) {
				return fmt.Errorf("%s: %q is not in the repository, and remote bases are not supported", file, entry)
			}
			if err := onlyLocal(memory, target, seen); err != nil {
				return err
			}
		}
	}
	return nil
}
