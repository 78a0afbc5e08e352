package catalog

import (
	"fmt"
	"strings"
)

// Ref names an entity.
type Ref struct{ Kind, Namespace, Name string }

// String is the one form in which refs are compared: kind:namespace/name in
// lower case.
func (r Ref) String() string {
	return strings.ToLower(r.Kind + ":" + r.Namespace + "/" + r.Name)
}

// Ref returns the entity's name in the catalog.
func (e Entity) Ref() Ref {
	namespace := e.Metadata.Namespace
	if namespace == "" {
		namespace = defaultNamespace
	}
	return Ref{e.Kind, namespace, e.Metadata.Name}
}

const defaultNamespace = "default"

// ParseRef reads [kind:][namespace/]name. What is left out is taken from
// defaults; with no default for the kind, a kind has to be there.
func ParseRef(text string, defaults Ref) (Ref, error) {
	ref := Ref{Kind: defaults.Kind, Namespace: defaults.Namespace, Name: text}
	if kind, rest, found := strings.Cut(ref.Name, ":"); found {
		ref.Kind, ref.Name = kind, rest
	}
	if namespace, name, found := strings.Cut(ref.Name, "/"); found {
		ref.Namespace, ref.Name = namespace, name
	}
	if ref.Namespace == "" && !strings.Contains(text, "/") {
		ref.Namespace = defaultNamespace
	}
	switch {
	case ref.Kind == "" && !strings.Contains(text, ":"):
		return Ref{}, fmt.Errorf("%q names no kind; write kind:%s", text, text)
	case ref.Kind == "" || ref.Namespace == "" || ref.Name == "", strings.ContainsAny(ref.Name, ":/"):
		return Ref{}, fmt.Errorf("%q is not an entity reference; write [kind:][namespace/]name", text)
	}
	return ref, nil
}
