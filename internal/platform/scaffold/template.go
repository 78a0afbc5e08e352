package scaffold

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"
	yamlstream "k8s.io/apimachinery/pkg/util/yaml"

	"github.com/pronto-platform/pronto/internal/base/yamlcore"
	"github.com/pronto-platform/pronto/internal/platform/catalog"
	"github.com/pronto-platform/pronto/internal/platform/fault"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/action"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/form"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/snapshot"
)

const (
	templateAPI  = "scaffolder.backstage.io/v1beta3"
	templateFile = "template.yaml"
)

// Template is a golden path as its template.yaml states it.
type Template struct {
	Ref         string // e.g. "template:default/nodejs"
	Title       string
	Description string
	Pages       []map[string]any // of the form, as JSON Schema
	Steps       []Step
	Output      any

	presentation any
	recovery     string // EXPERIMENTAL_recovery's strategy
	dir          string // in its source

	origin *snapshot.Ref // its source; nil: the built-in templates
	etag   string        // of the catalog's entity
}

// Step is one action of a template.
type Step struct {
	ID     string         `json:"id"`
	Name   string         `json:"name"`
	Action string         `json:"action"`
	Input  map[string]any `json:"input,omitempty"`
	If     any            `json:"if,omitempty"`
	Each   any            `json:"each,omitempty"`
}

// document is template.yaml.
type document struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   struct {
		Name        string `json:"name"`
		Namespace   string `json:"namespace"`
		Title       string `json:"title"`
		Description string `json:"description"`
	} `json:"metadata"`
	Spec struct {
		Type         string          `json:"type"`
		Parameters   json.RawMessage `json:"parameters"`
		Steps        []Step          `json:"steps"`
		Output       any             `json:"output"`
		Presentation any             `json:"presentation"`
		Recovery     struct {
			Strategy string `json:"EXPERIMENTAL_strategy"`
		} `json:"EXPERIMENTAL_recovery"`
	} `json:"spec"`
}

// loadTemplates reads <name>/template.yaml of every directory of files.
func loadTemplates(files fs.FS) (map[string]*Template, error) {
	paths, err := fs.Glob(files, "*/"+templateFile)
	if err != nil {
		return nil, err
	}
	templates := map[string]*Template{}
	for _, p := range paths {
		template, err := loadTemplate(files, p)
		if err != nil {
			return nil, fmt.Errorf("template %s: %w", p, err)
		}
		if _, twice := templates[template.Ref]; twice {
			return nil, fmt.Errorf("template %s: %s is there twice", p, template.Ref)
		}
		templates[template.Ref] = template
	}
	return templates, nil
}

func loadTemplate(files fs.FS, p string) (*Template, error) {
	text, err := fs.ReadFile(files, p)
	if err != nil {
		return nil, err
	}
	return parseTemplate(text, path.Dir(p))
}

// parseTemplate reads a template's descriptor; dir is where it is in its source.
func parseTemplate(text []byte, dir string) (*Template, error) {
	var d document
	if err := yamlcore.Unmarshal(text, &d); err != nil {
		return nil, fault.Readable(err)
	}
	pages, err := d.pages()
	if err != nil {
		return nil, err
	}
	for i, page := range pages {
		if err := form.Compile(page); err != nil {
			return nil, fmt.Errorf("spec.parameters[%d]: %w", i, err)
		}
	}
	if err := keepOrder(text, pages); err != nil {
		return nil, err
	}
	t := &Template{
		Title: d.Metadata.Title, Description: d.Metadata.Description, Pages: pages, Steps: d.Spec.Steps,
		Output: d.Spec.Output, presentation: d.Spec.Presentation, recovery: d.Spec.Recovery.Strategy, dir: dir,
	}
	if t.Title == "" {
		t.Title = d.Metadata.Name
	}
	namespace := d.Metadata.Namespace
	if namespace == "" {
		namespace = "default"
	}
	t.Ref = strings.ToLower("template:" + namespace + "/" + d.Metadata.Name)
	return t, d.check(t)
}

// templateOf reads the template of a catalog's entity from its source. The
// descriptor there has its fields in order; where it is not, or takes parts
// of itself from other files, the entity as the catalog has it is read.
func templateOf(entity catalog.Entity, source action.Source) (*Template, error) {
	file := path.Base(entity.Annotation(catalog.AnnotationManagedBy))
	text, err := fs.ReadFile(source.Files, path.Join(source.Dir, file))
	if err == nil {
		text = described(text, entity.Metadata.Name)
	}
	if len(text) == 0 || placeholder.Match(text) {
		if text, err = json.Marshal(entity); err != nil {
			return nil, err
		}
	}
	return parseTemplate(text, source.Dir)
}

// CheckEntity says why a Template entity cannot be used; nil for other kinds.
func CheckEntity(entity catalog.Entity) error {
	if !strings.EqualFold(entity.Kind, "template") {
		return nil
	}
	text, err := json.Marshal(entity)
	if err == nil {
		_, err = parseTemplate(text, ".")
	}
	return err
}

var placeholder = regexp.MustCompile(`(?m)\$(text|json|yaml|openapi)["']?\s*:`)

// described is the document of a descriptor that describes a template of this
// name; nil if none does.
func described(text []byte, name string) []byte {
	documents := yamlstream.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	for {
		one, err := documents.Read()
		if err != nil {
			return nil
		}
		var d document
		if yamlcore.Unmarshal(one, &d) == nil && d.Kind == "Template" && strings.EqualFold(d.Metadata.Name, name) {
			return one
		}
	}
}

func (d document) pages() ([]map[string]any, error) {
	if len(d.Spec.Parameters) == 0 {
		return nil, nil
	}
	var pages []map[string]any
	if err := json.Unmarshal(d.Spec.Parameters, &pages); err == nil {
		return pages, nil
	}
	var page map[string]any
	if err := json.Unmarshal(d.Spec.Parameters, &page); err != nil {
		return nil, fmt.Errorf("spec.parameters: neither a form nor a list of forms: %w", err)
	}
	return []map[string]any{page}, nil
}

// check refuses what cannot run, and fills in the defaults of ids and names.
func (d document) check(t *Template) error {
	switch {
	case d.APIVersion != templateAPI || d.Kind != "Template":
		return fmt.Errorf("apiVersion %q and kind %q: want %s and Template", d.APIVersion, d.Kind, templateAPI)
	case d.Metadata.Name == "":
		return fmt.Errorf("metadata.name: is missing")
	case d.Spec.Type == "":
		return fmt.Errorf("spec.type: is missing")
	case t.Steps == nil:
		return fmt.Errorf("spec.steps: is missing; it is a list, which may be empty")
	case !slices.Contains([]string{"", recoverNone, recoverStartOver}, t.recovery):
		return fmt.Errorf("spec.EXPERIMENTAL_recovery.EXPERIMENTAL_strategy: %q is neither %s nor %s", t.recovery, recoverNone, recoverStartOver)
	}
	seen := map[string]bool{}
	for i := range t.Steps {
		s := &t.Steps[i]
		if s.Action == "" {
			return fmt.Errorf("spec.steps[%d].action: is missing", i)
		}
		if s.ID == "" {
			s.ID = fmt.Sprintf("step-%d", i+1)
		}
		if s.Name == "" {
			s.Name = s.Action
		}
		if seen[s.ID] {
			return fmt.Errorf("spec.steps[%d].id: %q is there twice", i, s.ID)
		}
		seen[s.ID] = true
	}
	return nil
}

// keepOrder writes the order in which a page names its properties into
// ui:order, since JSON objects have none.
func keepOrder(text []byte, pages []map[string]any) error {
	var order struct {
		Spec struct {
			Parameters yamlv3.Node `yaml:"parameters"`
		} `yaml:"spec"`
	}
	if err := yamlv3.Unmarshal(text, &order); err != nil {
		return err
	}
	nodes := []*yamlv3.Node{&order.Spec.Parameters}
	if order.Spec.Parameters.Kind == yamlv3.SequenceNode {
		nodes = order.Spec.Parameters.Content
	}
	for i, page := range pages {
		if _, given := page["ui:order"]; given || i >= len(nodes) {
			continue
		}
		if names := keys(child(nodes[i], "properties")); len(names) > 0 {
			page["ui:order"] = append(names, "*")
		}
	}
	return nil
}

func child(node *yamlv3.Node, key string) *yamlv3.Node {
	for i := 0; node.Kind == yamlv3.MappingNode && i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			return node.Content[i+1]
		}
	}
	return &yamlv3.Node{}
}

func keys(node *yamlv3.Node) []any {
	var names []any
	for i := 0; node.Kind == yamlv3.MappingNode && i+1 < len(node.Content); i += 2 {
		names = append(names, node.Content[i].Value)
	}
	return names
}

// templateRef completes a reference: the kind is Template where none is named.
func templateRef(ref string) string {
	ref = strings.ToLower(strings.TrimSpace(ref))
	kind, rest, ok := strings.Cut(ref, ":")
	if !ok {
		kind, rest = "template", ref
	}
	if !strings.Contains(rest, "/") {
		rest = "default/" + rest
	}
	return kind + ":" + rest
}

// Entities returns the descriptors of the templates, for the catalog.
func Entities(files fs.FS) ([][]byte, error) {
	paths, err := fs.Glob(files, "*/"+templateFile)
	if err != nil {
		return nil, err
	}
	slices.Sort(paths)
	entities := make([][]byte, len(paths))
	for i, p := range paths {
		if entities[i], err = fs.ReadFile(files, p); err != nil {
			return nil, fmt.Errorf("template %s: %w", p, err)
		}
	}
	return entities, nil
}
