package catalog

import (
	"fmt"
	"slices"
	"strings"
)

// kind is what the descriptor format says of a kind of entity. Keys of spec
// that are not named may be anything.
type kind struct {
	apiVersions []string
	required    []string // strings
	lists       []string // lists of strings that have to be there, and may be empty
	texts       []string // strings that may be left out
	optional    []string // lists of strings that may be left out
}

var coreVersions = []string{"backstage.io/v1alpha1", "backstage.io/v1beta1"}

var kinds = map[string]kind{
	"component": {
		apiVersions: coreVersions, required: []string{"type", "lifecycle", "owner"}, texts: []string{"system", "subcomponentOf"},
		optional: []string{"providesApis", "consumesApis", "dependsOn", "dependencyOf"},
	},
	"api":      {apiVersions: coreVersions, required: []string{"type", "lifecycle", "owner", "definition"}, texts: []string{"system"}},
	"resource": {apiVersions: coreVersions, required: []string{"type", "owner"}, texts: []string{"system"}, optional: []string{"dependsOn", "dependencyOf"}},
	"system":   {apiVersions: coreVersions, required: []string{"owner"}, texts: []string{"domain", "type"}},
	"domain":   {apiVersions: coreVersions, required: []string{"owner"}, texts: []string{"subdomainOf", "type"}},
	"group": {
		apiVersions: coreVersions, required: []string{"type"}, lists: []string{"children"},
		texts: []string{"parent"}, optional: []string{"members"},
	},
	"user":     {apiVersions: coreVersions, lists: []string{"memberOf"}},
	"location": {apiVersions: coreVersions, texts: []string{"type", "target"}, optional: []string{"targets"}},
	"template": {apiVersions: []string{"scaffolder.backstage.io/v1beta3"}, required: []string{"type"}, texts: []string{"owner", "lifecycle"}},
}

func validateSpec(e Entity, known kind) []string {
	var problems []string
	say := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	for _, field := range known.required {
		if value, there := e.Spec[field]; !there || value == nil || value == "" {
			say("spec.%s is missing", field)
		}
	}
	for _, field := range slices.Concat(known.required, known.texts) {
		if value, there := e.Spec[field]; there && value != nil && value != "" && e.Text(field) == "" {
			say("spec.%s must be a string", field)
		} else if there && value == "" && slices.Contains(known.texts, field) {
			say("spec.%s is empty; give it a value, or leave it out", field)
		}
	}
	for _, field := range known.lists {
		if e.Spec[field] == nil {
			say("spec.%s is missing; it is a list, which may be empty", field)
		}
	}
	for _, field := range slices.Concat(known.lists, known.optional) {
		if value := e.Spec[field]; value != nil && !isTextList(value) {
			say("spec.%s must be a list of strings", field)
		}
	}
	problems = append(problems, validateKind(e)...)
	return append(problems, validateReferences(e)...)
}

// validateKind is what one kind alone asks.
func validateKind(e Entity) []string {
	switch strings.ToLower(e.Kind) {
	case "location":
		return validateLocation(e)
	case "template":
		return validateSteps(e.Spec["steps"])
	case "user", "group":
		return validateProfile(e.Spec["profile"])
	}
	return nil
}

func validateLocation(e Entity) []string {
	var problems []string
	if len(texts(e.Spec["target"]))+len(texts(e.Spec["targets"])) == 0 {
		problems = append(problems, "spec.target or spec.targets is missing")
	}
	if presence, there := e.Spec["presence"]; there && presence != "required" && presence != "optional" {
		problems = append(problems, "spec.presence must be required or optional")
	}
	return problems
}

func validateSteps(value any) []string {
	steps, is := value.([]any)
	if !is {
		return []string{"spec.steps is missing; it is a list, which may be empty"}
	}
	var problems []string
	for i, item := range steps {
		step, _ := item.(map[string]any)
		if action, _ := step["action"].(string); action == "" {
			problems = append(problems, fmt.Sprintf("spec.steps[%d].action is missing", i))
		}
	}
	return problems
}

func validateProfile(value any) []string {
	if value == nil {
		return nil
	}
	profile, is := value.(map[string]any)
	if !is {
		return []string{"spec.profile must be an object"}
	}
	var problems []string
	for _, field := range []string{"displayName", "email", "picture"} {
		if value, there := profile[field]; there {
			if text, _ := value.(string); text == "" {
				problems = append(problems, fmt.Sprintf("spec.profile.%s must be a string that is not empty", field))
			}
		}
	}
	return problems
}

func isTextList(value any) bool {
	switch value := value.(type) {
	case []string:
		return !slices.Contains(value, "")
	case []any:
		return !slices.ContainsFunc(value, func(item any) bool { text, _ := item.(string); return text == "" })
	}
	return false
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
