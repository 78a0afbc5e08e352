package app

import (
	"path"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
)

// normalizer takes out of both sides of a comparison what is not compared:
// what the cluster observes, and the fields of spec.ignoreDifferences.
type normalizer struct {
	ignore []argo.ResourceIgnoreDifferences
}

// Normalize implements diff.Normalizer.
func (n normalizer) Normalize(object *unstructured.Unstructured) error {
	stripObserved(object)
	for _, entry := range n.ignore {
		if !applies(entry, object) {
			continue
		}
		for _, pointer := range entry.JSONPointers {
			remove(object.Object, pointerFields(pointer))
		}
	}
	return nil
}

func applies(entry argo.ResourceIgnoreDifferences, object *unstructured.Unstructured) bool {
	for _, pair := range [][2]string{
		{entry.Group, object.GroupVersionKind().Group}, {entry.Kind, object.GetKind()},
	} {
		if matched, err := path.Match(pair[0], pair[1]); err != nil || !matched {
			return false
		}
	}
	return (entry.Name == "" || entry.Name == object.GetName()) &&
		(entry.Namespace == "" || entry.Namespace == object.GetNamespace())
}

// pointerFields splits a JSON pointer (RFC 6901).
func pointerFields(pointer string) []string {
	fields := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, field := range fields {
		fields[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(field)
	}
	return fields
}

func remove(node any, fields []string) {
	switch typed := node.(type) {
	case map[string]any:
		if len(fields) == 1 {
			delete(typed, fields[0])
			return
		}
		remove(typed[fields[0]], fields[1:])
	case []any:
		index, err := strconv.Atoi(fields[0])
		if err != nil || index < 0 || index >= len(typed) {
			return
		}
		if len(fields) == 1 {
			typed[index] = nil
			return
		}
		remove(typed[index], fields[1:])
	}
}
