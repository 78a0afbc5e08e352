package catalog

import (
	"slices"
	"strings"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// Filter selects entities: those that meet any of its conditions. An empty
// filter selects all.
type Filter []Condition

// Condition maps keys (dotted paths, lower case) to the values of which the
// entity has to have one; nil: the key only has to be there. All keys have to
// be met.
type Condition map[string][]string

// ParseFilter reads the filter parameters of Backstage's catalog: parameters
// are alternatives; within one, key and key=value are separated by commas and
// have all to hold; one key with several values asks for any of them.
func ParseFilter(parameters ...string) (Filter, error) {
	var filter Filter
	for _, parameter := range parameters {
		condition := Condition{}
		for _, statement := range strings.Split(parameter, ",") {
			if strings.TrimSpace(statement) == "" {
				continue
			}
			key, value, hasValue := strings.Cut(statement, "=")
			key = strings.ToLower(strings.TrimSpace(key))
			if key == "" {
				return nil, fault.Inputf("Invalid filter, %q is not a valid statement (expected a string on the form a=b or a)", statement)
			}
			values, seen := condition[key]
			switch {
			case hasValue && (!seen || values != nil):
				condition[key] = append(values, strings.TrimSpace(value))
			case !seen:
				condition[key] = nil
			}
		}
		if len(condition) > 0 {
			filter = append(filter, condition)
		}
	}
	return filter, nil
}

func (f Filter) matches(rows index) bool {
	return len(f) == 0 || slices.ContainsFunc(f, func(c Condition) bool { return c.matches(rows) })
}

func (c Condition) matches(rows index) bool {
	for key, wanted := range c {
		values, there := rows[strings.ToLower(key)]
		if !there {
			return false
		}
		if wanted != nil && !slices.ContainsFunc(wanted, func(value string) bool { return holds(values, value) }) {
			return false
		}
	}
	return true
}

func holds(values []term, wanted string) bool {
	wanted = strings.ToLower(wanted)
	return slices.ContainsFunc(values, func(value term) bool { return value.lower == wanted })
}
