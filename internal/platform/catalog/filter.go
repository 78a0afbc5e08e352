package catalog

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
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
				return nil, inputErrorf("Invalid filter, %q is not a valid statement (expected a string on the form a=b or a)", statement)
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

func holds(values []string, wanted string) bool {
	return slices.ContainsFunc(values, func(value string) bool { return strings.EqualFold(value, wanted) })
}

// index is an entity as it is searched: from a dotted path in lower case to
// the values found there.
type index map[string][]string

func (i index) add(key, value string) {
	key = strings.ToLower(key)
	if !slices.Contains(i[key], value) {
		i[key] = append(i[key], value)
	}
}

// indexOf flattens an entity as Backstage does: arrays of simple values can be
// asked for as path=value and as path.value=true, relations as
// relations.type=ref.
func indexOf(e Entity) index {
	rows := index{}
	rows.add("apiVersion", e.APIVersion)
	rows.add("kind", e.Kind)
	m := e.Metadata
	for key, value := range map[string]string{
		"name": m.Name, "namespace": e.Ref().Namespace, "title": m.Title, "description": m.Description, "uid": m.UID,
	} {
		if value != "" {
			rows.add("metadata."+key, value)
		}
	}
	for key, value := range m.Labels {
		rows.add("metadata.labels."+key, value)
	}
	for key, value := range m.Annotations {
		rows.add("metadata.annotations."+key, value)
	}
	for _, tag := range m.Tags {
		rows.addItem("metadata.tags", tag)
	}
	for _, link := range m.Links {
		rows.add("metadata.links.url", link.URL)
		rows.add("metadata.links.title", link.Title)
	}
	rows.flatten("metadata", m.Extra)
	rows.flatten("spec", e.Spec)
	for _, relation := range e.Relations {
		rows.addItem("relations."+relation.Type, relation.TargetRef)
	}
	return rows
}

func (i index) addItem(path, value string) {
	i.add(path, value)
	i.add(path+"."+value, "true")
}

func (i index) flatten(path string, value any) {
	switch value := value.(type) {
	case map[string]any:
		for key, inner := range value {
			i.flatten(path+"."+key, inner)
		}
	case []any:
		for _, item := range value {
			if text, simple := simpleText(item); simple {
				i.addItem(path, text)
			} else {
				i.flatten(path, item)
			}
		}
	case []string:
		for _, item := range value {
			i.addItem(path, item)
		}
	default:
		text, _ := simpleText(value)
		i.add(path, text)
	}
}

func simpleText(value any) (string, bool) {
	switch value := value.(type) {
	case nil:
		return "", false
	case string:
		return value, true
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64), true
	case bool, int, int64:
		return fmt.Sprint(value), true
	}
	return "", false
}
