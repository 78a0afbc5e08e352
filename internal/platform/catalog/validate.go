package catalog

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// kind is what the catalog knows of a kind of entity.
type kind struct {
	apiVersions []string
	required    []string // keys of spec
	lists       []string // required keys of spec that are lists, which may be empty
}

var coreVersions = []string{"backstage.io/v1alpha1", "backstage.io/v1beta1"}

var kinds = map[string]kind{
	"component": {coreVersions, []string{"type", "lifecycle", "owner"}, nil},
	"api":       {coreVersions, []string{"type", "lifecycle", "owner", "definition"}, nil},
	"resource":  {coreVersions, []string{"type", "owner"}, nil},
	"system":    {coreVersions, []string{"owner"}, nil},
	"domain":    {coreVersions, []string{"owner"}, nil},
	"group":     {coreVersions, []string{"type"}, []string{"children"}},
	"user":      {coreVersions, nil, []string{"memberOf"}},
	"location":  {coreVersions, nil, nil},
	"template":  {[]string{"scaffolder.backstage.io/v1beta3"}, []string{"type"}, []string{"steps"}},
}

var (
	namePattern      = regexp.MustCompile(`^[A-Za-z0-9]+([-_.][A-Za-z0-9]+)*$`)
	namespacePattern = regexp.MustCompile(`^[a-z0-9]+(-+[a-z0-9]+)*$`)
	tagPattern       = regexp.MustCompile(`^[a-z0-9:+#]+(-[a-z0-9:+#]+)*$`)
	keyNamePattern   = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$`)
	prefixPattern    = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$`)
)

// validate returns everything that is wrong with a descriptor, each sentence
// beginning with the field.
func validate(e Entity) []string {
	var problems []string
	say := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	known, recognised := kinds[strings.ToLower(e.Kind)]
	switch {
	case e.Kind == "":
		say("kind is missing")
	case !recognised:
		say("kind %q is not known; use one of Component, API, Resource, System, Domain, Group, User, Location, Template", e.Kind)
	case e.APIVersion == "":
		say("apiVersion is missing; write %s", known.apiVersions[0])
	case !slices.Contains(known.apiVersions, e.APIVersion):
		say("apiVersion %q is not one of kind %s; write %s", e.APIVersion, e.Kind, known.apiVersions[0])
	}
	problems = append(problems, validateMetadata(e.Metadata)...)
	return append(problems, validateSpec(e, known)...)
}

func validateMetadata(m Metadata) []string {
	var problems []string
	say := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	switch {
	case m.Name == "":
		say("metadata.name is missing")
	case len(m.Name) > 63 || !namePattern.MatchString(m.Name):
		say("metadata.name %q must be 1 to 63 of a-z, A-Z, 0-9, separated by single -, _ or .", m.Name)
	}
	if m.Namespace != "" && (len(m.Namespace) > 63 || !namespacePattern.MatchString(strings.ToLower(m.Namespace))) {
		say("metadata.namespace %q must be 1 to 63 of a-z, 0-9 and -", m.Namespace)
	}
	for key, value := range m.Labels {
		if !validKey(key) {
			say("metadata.labels: %q is not a label key", key)
		}
		if value != "" && (len(value) > 63 || !keyNamePattern.MatchString(value)) {
			say("metadata.labels.%s: %q must be at most 63 of a-z, A-Z, 0-9, -, _ and .", key, value)
		}
	}
	for key := range m.Annotations {
		if !validKey(key) {
			say("metadata.annotations: %q is not an annotation key", key)
		}
	}
	for i, tag := range m.Tags {
		if len(tag) > 63 || !tagPattern.MatchString(tag) {
			say("metadata.tags[%d]: %q must be 1 to 63 of a-z, 0-9, :, + and #, separated by -", i, tag)
		}
	}
	for i, link := range m.Links {
		if parsed, err := url.Parse(link.URL); err != nil || parsed.Scheme == "" {
			say("metadata.links[%d].url: %q is not a URL", i, link.URL)
		}
	}
	slices.Sort(problems)
	return problems
}

func validKey(key string) bool {
	prefix, name, prefixed := strings.Cut(key, "/")
	if !prefixed {
		prefix, name = "", key
	}
	if prefixed && (len(prefix) > 253 || !prefixPattern.MatchString(prefix)) {
		return false
	}
	return len(name) <= 63 && keyNamePattern.MatchString(name)
}

func validateSpec(e Entity, known kind) []string {
	var problems []string
	say := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	for _, field := range known.required {
		switch value, there := e.Spec[field]; {
		case !there || value == nil || value == "":
			say("spec.%s is missing", field)
		case field != "definition" && e.Text(field) == "":
			say("spec.%s must be a string", field)
		}
	}
	for _, field := range known.lists {
		if !isList(e.Spec[field]) {
			say("spec.%s is missing; it is a list, which may be empty", field)
		}
	}
	if strings.EqualFold(e.Kind, "location") && len(texts(e.Spec["target"]))+len(texts(e.Spec["targets"])) == 0 {
		say("spec.target or spec.targets is missing")
	}
	if strings.EqualFold(e.Kind, "template") {
		problems = append(problems, validateSteps(e.Spec["steps"])...)
	}
	return append(problems, validateReferences(e)...)
}

func isList(value any) bool {
	switch value.(type) {
	case []any, []string:
		return true
	}
	return false
}

func validateSteps(value any) []string {
	var problems []string
	steps, _ := value.([]any)
	for i, item := range steps {
		step, _ := item.(map[string]any)
		if action, _ := step["action"].(string); action == "" {
			problems = append(problems, fmt.Sprintf("spec.steps[%d].action is missing", i))
		}
	}
	return problems
}

func validateReferences(e Entity) []string {
	var problems []string
	for _, reference := range references[strings.ToLower(e.Kind)] {
		defaults := Ref{Kind: reference.kind, Namespace: e.Ref().Namespace}
		for _, text := range texts(e.Spec[reference.field]) {
			if _, err := ParseRef(text, defaults); err != nil {
				problems = append(problems, fmt.Sprintf("spec.%s: %v", reference.field, err))
			}
		}
	}
	return problems
}

// check returns an InputError that tells all that is wrong with a descriptor.
func check(e Entity) error {
	if problems := validate(e); len(problems) > 0 {
		return inputErrorf("%s %q: %s", cmp.Or(e.Kind, "entity"), e.Metadata.Name, strings.Join(problems, "; "))
	}
	return nil
}
