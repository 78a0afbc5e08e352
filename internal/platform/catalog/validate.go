package catalog

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

var (
	namePattern      = regexp.MustCompile(`^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$`)
	namespacePattern = regexp.MustCompile(`^[a-z0-9]+(-+[a-z0-9]+)*$`)
	tagPattern       = regexp.MustCompile(`^[a-z0-9:+#]+(-[a-z0-9:+#]+)*$`)
	prefixPattern    = regexp.MustCompile(`^[a-z0-9]+(-+[a-z0-9]+)*(\.[a-z0-9]+(-+[a-z0-9]+)*)*$`)
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
	for _, key := range sortedKeys(e.Extra) {
		say("%s is not a field of an entity; take it out, or put it below spec", key)
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
		say("metadata.name %q must be 1 to 63 of a-z, A-Z and 0-9, with -, _ or . between them", m.Name)
	}
	if m.Namespace != "" && (len(m.Namespace) > 63 || !namespacePattern.MatchString(strings.ToLower(m.Namespace))) {
		say("metadata.namespace %q must be 1 to 63 of a-z, 0-9 and -", m.Namespace)
	}
	for key, value := range m.Labels {
		if !validKey(key) {
			say("metadata.labels: %q is not a label key", key)
		}
		if value != "" && (len(value) > 63 || !namePattern.MatchString(value)) {
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
		switch parsed, err := url.Parse(link.URL); {
		case err != nil || parsed.Scheme == "":
			say("metadata.links[%d].url: %q is not a URL; write e.g. https://host/path", i, link.URL)
		case slices.Contains([]string{"javascript", "data", "vbscript"}, strings.ToLower(parsed.Scheme)):
			say("metadata.links[%d].url: addresses of scheme %s are refused; write e.g. https://host/path", i, parsed.Scheme)
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
	return len(name) <= 63 && namePattern.MatchString(name)
}

// check returns an InputError that tells all that is wrong with a descriptor.
func check(e Entity) error {
	if problems := validate(e); len(problems) > 0 {
		return fault.Inputf("%s %q: %s", cmp.Or(e.Kind, "entity"), e.Metadata.Name, strings.Join(problems, "; "))
	}
	return nil
}
