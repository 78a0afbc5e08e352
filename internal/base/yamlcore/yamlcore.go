// Package yamlcore reads YAML by the core schema of YAML 1.2, as Backstage and
// browsers do: "yes", "on" and "y" are words, 0755 is seven hundred and
// fifty-five. Merge keys and anchors work as in YAML 1.1.
package yamlcore

import (
	"encoding/base64"
	"encoding/json"
	"fmt"

	"go.yaml.in/yaml/v3"
)

// MaxDepth bounds how deep lists and mappings lie in each other.
const MaxDepth = 100

// maxAliased bounds what aliases may repeat, roughly in bytes.
const maxAliased = 8 << 20

// Error is what is wrong with a text, and where.
type Error struct {
	Line    int // from 1
	Message string
}

func (e *Error) Error() string { return fmt.Sprintf("yaml: line %d: %s", e.Line, e.Message) }

func wrong(node *yaml.Node, format string, args ...any) error {
	return &Error{max(node.Line, 1), fmt.Sprintf(format, args...)}
}

// Unmarshal reads the first document of a text into what encoding/json would
// read its JSON into; a key that is there twice is an error.
func Unmarshal(text []byte, into any) error {
	encoded, err := ToJSON(text)
	if err != nil {
		return err
	}
	return json.Unmarshal(encoded, into)
}

// ToJSON writes the first document of a text as JSON; an empty one is null.
func ToJSON(text []byte) ([]byte, error) {
	var node yaml.Node
	if err := yaml.Unmarshal(text, &node); err != nil {
		return nil, err
	}
	value, err := Value(&node)
	if err != nil {
		return nil, err
	}
	return json.Marshal(value)
}

// Value is what a node means: nil, a bool, string, int64, uint64 or float64,
// or a []any or map[string]any of these.
func Value(node *yaml.Node) (any, error) {
	return (&decoder{}).value(node, 0, false)
}

// decoder counts what aliases repeat.
type decoder struct{ aliased int }

func (d *decoder) value(node *yaml.Node, depth int, repeated bool) (any, error) {
	if depth > MaxDepth {
		return nil, wrong(node, "it is nested deeper than %d", MaxDepth)
	}
	if repeated {
		if d.aliased += 16 + len(node.Value); d.aliased > maxAliased {
			return nil, wrong(node, "its aliases make too much of it")
		}
	}
	switch node.Kind {
	case yaml.DocumentNode:
		return d.value(node.Content[0], depth, repeated)
	case yaml.AliasNode:
		return d.value(node.Alias, depth+1, true)
	case yaml.SequenceNode:
		return d.list(node, depth, repeated)
	case yaml.MappingNode:
		return d.mapping(node, depth, repeated)
	case yaml.ScalarNode:
		return scalar(node)
	}
	return nil, nil
}

func (d *decoder) list(node *yaml.Node, depth int, repeated bool) (any, error) {
	list := make([]any, len(node.Content))
	for i, item := range node.Content {
		var err error
		if list[i], err = d.value(item, depth+1, repeated); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// mapping reads the members of a mapping; its own come before those that are
// merged into it.
func (d *decoder) mapping(node *yaml.Node, depth int, repeated bool) (map[string]any, error) {
	object, first := map[string]any{}, map[string]int{}
	var merged []*yaml.Node
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if key.Tag == "!!merge" {
			merged = append(merged, value)
			continue
		}
		name, err := d.key(key, depth)
		if err != nil {
			return nil, err
		}
		if line, twice := first[name]; twice {
			return nil, wrong(key, "key %q already set in map, on line %d", name, line)
		}
		first[name] = key.Line
		if object[name], err = d.value(value, depth+1, repeated); err != nil {
			return nil, err
		}
	}
	for _, from := range merged {
		if err := d.merge(object, from, depth); err != nil {
			return nil, err
		}
	}
	return object, nil
}

// merge adds what an object has not, from a mapping or a list of them.
func (d *decoder) merge(object map[string]any, from *yaml.Node, depth int) error {
	value, err := d.value(from, depth+1, true)
	if err != nil {
		return err
	}
	sources, several := value.([]any)
	if !several {
		sources = []any{value}
	}
	for _, source := range sources {
		members, is := source.(map[string]any)
		if !is {
			return wrong(from, "<< takes a mapping, or a list of mappings")
		}
		for name, member := range members {
			if _, own := object[name]; !own {
				object[name] = member
			}
		}
	}
	return nil
}

// key is a member's name: a number as JavaScript writes it.
func (d *decoder) key(node *yaml.Node, depth int) (string, error) {
	value, err := d.value(node, depth+1, false)
	if err != nil {
		return "", err
	}
	switch value := value.(type) {
	case nil:
		return "", nil
	case string:
		return value, nil
	case bool, int64, uint64:
		return fmt.Sprint(value), nil
	case float64:
		encoded, err := json.Marshal(value)
		return string(encoded), err
	}
	return "", wrong(node, "a key is a text, not a list or a mapping")
}

func scalar(node *yaml.Node) (any, error) {
	const quoted = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle
	if node.Style&yaml.TaggedStyle == 0 {
		if node.Style&quoted != 0 {
			return node.Value, nil
		}
		return finite(node, resolve(node.Value))
	}
	value, fits := resolve(node.Value), true
	switch node.ShortTag() {
	case "!!null":
		fits = value == nil
	case "!!bool":
		_, fits = value.(bool)
	case "!!int", "!!float":
		switch value.(type) {
		case int64, uint64, float64:
		default:
			fits = false
		}
	case "!!binary":
		text, err := base64.StdEncoding.DecodeString(node.Value)
		value, fits = string(text), err == nil
	default:
		return node.Value, nil
	}
	if !fits {
		return nil, wrong(node, "%q is not what its tag %s says", node.Value, node.ShortTag())
	}
	return finite(node, value)
}
