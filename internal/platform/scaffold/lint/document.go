package lint

import (
	"fmt"
	"regexp"
	"strconv"

	yamlv3 "go.yaml.in/yaml/v3"

	"github.com/pronto-platform/pronto/internal/base/yamlcore"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/form"
)

// document is template.yaml, as values and as what knows their lines.
type document struct {
	root  *yamlv3.Node
	whole map[string]any
	pages []map[string]any
	steps []step
}

// step is one step, with the defaults of its id.
type step struct {
	ID     string
	Action string
	Input  map[string]any
	If     any
	Each   any
}

// yamlError is a text that is not YAML.
type yamlError struct {
	line    int
	message string
}

func (f *yamlError) Error() string { return f.message }

var yamlLine = regexp.MustCompile(`^yaml: (?:unmarshal errors:\n\s*)?line (\d+): (?s:(.*))$`)

// faultOf reads the line out of the parser's message.
func faultOf(err error) *yamlError {
	if found := yamlLine.FindStringSubmatch(err.Error()); found != nil {
		line, convErr := strconv.Atoi(found[1])
		if convErr == nil {
			return &yamlError{line, found[2]}
		}
	}
	return &yamlError{1, err.Error()}
}

func parse(text []byte) (*document, error) {
	d := &document{root: &yamlv3.Node{}}
	if err := yamlv3.Unmarshal(text, d.root); err != nil {
		return nil, faultOf(err)
	}
	whole, err := yamlcore.Value(d.root)
	if err != nil {
		return nil, faultOf(err)
	}
	plain, err := form.Clone(whole)
	if err != nil {
		return nil, &yamlError{1, fmt.Sprintf("it cannot be written as JSON: %v", err)}
	}
	d.whole, _ = plain.(map[string]any)
	if d.whole == nil {
		return nil, &yamlError{1, "it is not a mapping"}
	}
	return d, nil
}

// read takes pages and steps out of a template whose format is right.
func (d *document) read() {
	spec, _ := d.whole["spec"].(map[string]any)
	switch parameters := spec["parameters"].(type) {
	case map[string]any:
		d.pages = []map[string]any{parameters}
	case []any:
		for _, p := range parameters {
			if page, ok := p.(map[string]any); ok {
				d.pages = append(d.pages, page)
			}
		}
	}
	steps, _ := spec["steps"].([]any)
	for i, s := range steps {
		fields, _ := s.(map[string]any)
		input, _ := fields["input"].(map[string]any)
		d.steps = append(d.steps, step{
			ID: form.Text(fields, "id", "step-"+strconv.Itoa(i+1)), Action: form.Text(fields, "action", ""),
			Input: input, If: fields["if"], Each: fields["each"],
		})
	}
}

// line is where the value at a path begins, or the deepest part of the path
// that is there.
func (d *document) line(at ...string) int {
	node := d.root
	if node.Kind == yamlv3.DocumentNode && len(node.Content) > 0 {
		node = node.Content[0]
	}
	line := node.Line
	for _, name := range at {
		key, value := into(node, name)
		if value == nil {
			return line
		}
		node, line = value, key.Line
	}
	return line
}

// into finds a member of a mapping or an item of a list; key is where it begins.
func into(node *yamlv3.Node, name string) (key, value *yamlv3.Node) {
	if node.Kind == yamlv3.AliasNode {
		node = node.Alias
	}
	if i, err := strconv.Atoi(name); err == nil && node.Kind == yamlv3.SequenceNode && i < len(node.Content) {
		return node.Content[i], node.Content[i]
	}
	for i := 0; node.Kind == yamlv3.MappingNode && i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == name {
			return node.Content[i], node.Content[i+1]
		}
	}
	return nil, nil
}

// strings visits every text below a path, with its line.
func (d *document) strings(visit func(text string, line int), at ...string) {
	node := d.root.Content[0]
	for _, name := range at {
		if _, node = into(node, name); node == nil {
			return
		}
	}
	walk(node, visit)
}

func walk(node *yamlv3.Node, visit func(string, int)) {
	if node.Kind == yamlv3.ScalarNode {
		line := node.Line
		if node.Style == yamlv3.LiteralStyle || node.Style == yamlv3.FoldedStyle {
			line++ // the text begins below its mark
		}
		visit(node.Value, line)
	}
	for _, child := range node.Content { // an alias has none: its anchor is visited
		walk(child, visit)
	}
}
