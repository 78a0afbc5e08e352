package catalog

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// index is an entity as it is searched: from a dotted path in lower case to
// the values found there.
type index map[string][]term

// term is a value, as it is and as it is compared.
type term struct{ text, lower string }

// maxValue is how long a value may be to be searched for, as in Backstage; of
// a longer one only that it is there is known.
const maxValue = 200

func (i index) add(key, value string) {
	key = strings.ToLower(key)
	if len(value) > maxValue {
		if _, there := i[key]; !there {
			i[key] = nil
		}
		return
	}
	one := term{value, strings.ToLower(value)}
	if !slices.ContainsFunc(i[key], func(other term) bool { return other.lower == one.lower }) {
		i[key] = append(i[key], one)
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
