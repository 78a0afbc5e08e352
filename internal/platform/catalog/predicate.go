package catalog

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// predicate is a query in the language of Backstage's filter predicates, made
// ready.
type predicate func(index) bool

// maxNesting bounds how deep a predicate may be.
const maxNesting = 32

// parsePredicate reads an object of the filter predicate language: fields with
// values or $exists, $in, $hasPrefix, $contains, and $all, $any, $not. Nothing
// at all selects everything.
func parsePredicate(raw json.RawMessage) (predicate, error) {
	if len(raw) == 0 {
		return func(index) bool { return true }, nil
	}
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		return nil, fault.Inputf("Invalid query: %v", err)
	}
	object, is := value.(map[string]any)
	if !is {
		return nil, fault.Inputf("Query must be an object")
	}
	return compile(object, 0)
}

func compile(value any, depth int) (predicate, error) {
	object, is := value.(map[string]any)
	switch {
	case !is:
		return nil, fault.Inputf("Invalid query: %s stands where an object is expected, e.g. {\"kind\": \"component\"}", shown(value))
	case depth > maxNesting:
		return nil, fault.Inputf("Invalid query: it is more than %d deep", maxNesting)
	}
	for _, key := range sortedKeys(object) {
		if !strings.HasPrefix(key, "$") {
			continue
		}
		if len(object) != 1 {
			return nil, fault.Inputf("Invalid query: %s must be the only key, wrap in $all to combine with other conditions", key)
		}
		return combine(key, object[key], depth)
	}
	var all []predicate
	for _, key := range sortedKeys(object) {
		one, err := condition(strings.ToLower(key), object[key])
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return every(all), nil
}

func every(all []predicate) predicate {
	return func(rows index) bool {
		return !slices.ContainsFunc(all, func(one predicate) bool { return !one(rows) })
	}
}

func combine(operator string, value any, depth int) (predicate, error) {
	if operator == "$not" {
		one, err := compile(value, depth+1)
		if err != nil {
			return nil, err
		}
		return func(rows index) bool { return !one(rows) }, nil
	}
	list, is := value.([]any)
	if !is || operator != "$all" && operator != "$any" {
		return nil, fault.Inputf("Invalid query: use $all or $any with a list, or $not with an object, not %s with %s", operator, shown(value))
	}
	var parts []predicate
	for _, item := range list {
		one, err := compile(item, depth+1)
		if err != nil {
			return nil, err
		}
		parts = append(parts, one)
	}
	if operator == "$all" {
		return every(parts), nil
	}
	return func(rows index) bool {
		return slices.ContainsFunc(parts, func(one predicate) bool { return one(rows) })
	}, nil
}

// condition reads what is asked of one field.
func condition(key string, value any) (predicate, error) {
	if text, simple := simpleText(value); simple {
		return equals(key, text), nil
	}
	operator, operand := "", any(nil)
	if object, is := value.(map[string]any); is && len(object) == 1 {
		operator = sortedKeys(object)[0]
		operand = object[operator]
	}
	switch operand := operand.(type) {
	case bool:
		if operator == "$exists" {
			return func(rows index) bool { _, there := rows[key]; return there == operand }, nil
		}
	case string:
		if operator == "$hasPrefix" {
			prefix := strings.ToLower(operand)
			return func(rows index) bool {
				return slices.ContainsFunc(rows[key], func(value term) bool { return strings.HasPrefix(value.lower, prefix) })
			}, nil
		}
	case []any:
		if operator == "$in" {
			return oneOf(key, operand)
		}
	case map[string]any:
		if operator == "$contains" && key == "relations" {
			return containsRelation(operand)
		}
	}
	if text, simple := simpleText(operand); simple && operator == "$contains" {
		return equals(key, text), nil
	}
	return nil, fault.Inputf("Invalid query: field %q: expected a value or one of $exists, $in, $hasPrefix and $contains, not %s", key, shown(value))
}

func equals(key, text string) predicate {
	return func(rows index) bool { return holds(rows[key], text) }
}

func oneOf(key string, values []any) (predicate, error) {
	var wanted []string
	for _, value := range values {
		text, simple := simpleText(value)
		if !simple {
			return nil, fault.Inputf("Invalid query: field %q: $in takes strings, numbers and booleans, not %s", key, shown(value))
		}
		wanted = append(wanted, text)
	}
	return func(rows index) bool {
		return slices.ContainsFunc(wanted, func(text string) bool { return holds(rows[key], text) })
	}, nil
}

// containsRelation reads {type, targetRef}, of which the latter may be left
// out, or be {"$in": [...]}.
func containsRelation(object map[string]any) (predicate, error) {
	kind, ref, asked := "", any(nil), false
	for _, key := range sortedKeys(object) {
		switch strings.ToLower(key) {
		case "type":
			kind, _ = object[key].(string)
		case "targetref":
			ref, asked = object[key], true
		default:
			return nil, fault.Inputf("Invalid query: $contains of relations knows type and targetRef, not %q", key)
		}
	}
	if kind == "" {
		return nil, fault.Inputf("Invalid query: $contains of relations needs a type, as a string")
	}
	if !asked {
		ref = map[string]any{"$exists": true}
	}
	return condition("relations."+strings.ToLower(kind), ref)
}

// shown writes a value of a query into a message, cut where it is long.
func shown(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return "this"
	}
	return string(text[:min(len(text), 100)])
}
