package catalog

import (
	"encoding/json"
	"maps"
	"slices"
)

// Entity is a descriptor of Backstage's catalog. Keys that have no field here
// are kept in Extra and written again as they were read.
type Entity struct {
	APIVersion string
	Kind       string
	Metadata   Metadata
	Spec       map[string]any
	Relations  []Relation // computed by the catalog, never stored
	Status     *Status    // what the catalog found wrong with it; nil: nothing
	Extra      map[string]any
}

// Status is what the catalog says of an entity beside what its descriptor says.
type Status struct {
	Items []StatusItem `json:"items,omitempty"`
}

// StatusItem is one thing the catalog found; Backstage shows it on the
// entity's page.
type StatusItem struct {
	Type    string `json:"type"`
	Level   string `json:"level"` // info, warning, error
	Message string `json:"message"`
	Error   *Fault `json:"error,omitempty"`
}

// Fault is an error in the shape in which Backstage writes one down.
type Fault struct {
	Name    string `json:"name"`
	Message string `json:"message"`
}

// Metadata is what every kind of entity has.
type Metadata struct {
	Name        string
	Namespace   string
	Title       string
	Description string
	Labels      map[string]string
	Annotations map[string]string
	Tags        []string
	Links       []Link
	UID         string // given by the catalog
	Etag        string // given by the catalog: changes with the content
	Extra       map[string]any
}

// Link is an address that belongs to an entity.
type Link struct {
	URL   string `json:"url"`
	Title string `json:"title,omitempty"`
	Icon  string `json:"icon,omitempty"`
	Type  string `json:"type,omitempty"`
}

// Relation says how an entity stands to another.
type Relation struct {
	Type      string `json:"type"`
	TargetRef string `json:"targetRef"`
}

type entityWire struct {
	APIVersion string         `json:"apiVersion,omitempty"`
	Kind       string         `json:"kind,omitempty"`
	Metadata   *Metadata      `json:"metadata,omitempty"`
	Spec       map[string]any `json:"spec,omitempty"`
	Relations  []Relation     `json:"relations,omitempty"`
	Status     *Status        `json:"status,omitempty"`
}

type metadataWire struct {
	Name        string            `json:"name,omitempty"`
	Namespace   string            `json:"namespace,omitempty"`
	Title       string            `json:"title,omitempty"`
	Description string            `json:"description,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
	Tags        []string          `json:"tags,omitempty"`
	Links       []Link            `json:"links,omitempty"`
	UID         string            `json:"uid,omitempty"`
	Etag        string            `json:"etag,omitempty"`
}

// MarshalJSON writes the entity in the order and shape of Backstage.
func (e Entity) MarshalJSON() ([]byte, error) {
	return withExtra(entityWire{e.APIVersion, e.Kind, &e.Metadata, e.Spec, e.Relations, e.Status}, e.Extra)
}

// UnmarshalJSON reads an entity; unknown keys go to Extra.
func (e *Entity) UnmarshalJSON(data []byte) error {
	wire := entityWire{Metadata: &Metadata{}}
	extra, err := readExtra(data, &wire, "apiVersion", "kind", "metadata", "spec", "relations", "status")
	if err != nil {
		return err
	}
	*e = Entity{APIVersion: wire.APIVersion, Kind: wire.Kind, Spec: wire.Spec, Relations: wire.Relations, Status: wire.Status, Extra: extra}
	if wire.Metadata != nil {
		e.Metadata = *wire.Metadata
	}
	return nil
}

// MarshalJSON writes the metadata in the shape of Backstage.
func (m Metadata) MarshalJSON() ([]byte, error) {
	return withExtra(metadataWire{
		m.Name, m.Namespace, m.Title, m.Description, m.Labels, m.Annotations, m.Tags, m.Links, m.UID, m.Etag,
	}, m.Extra)
}

// UnmarshalJSON reads metadata; unknown keys go to Extra.
func (m *Metadata) UnmarshalJSON(data []byte) error {
	var wire metadataWire
	extra, err := readExtra(data, &wire, "name", "namespace", "title", "description",
		"labels", "annotations", "tags", "links", "uid", "etag")
	if err != nil {
		return err
	}
	*m = Metadata{
		wire.Name, wire.Namespace, wire.Title, wire.Description, wire.Labels, wire.Annotations,
		wire.Tags, wire.Links, wire.UID, wire.Etag, extra,
	}
	return nil
}

func withExtra(wire any, extra map[string]any) ([]byte, error) {
	known, err := json.Marshal(wire)
	if err != nil || len(extra) == 0 {
		return known, err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(known, &fields); err != nil {
		return nil, err
	}
	all := maps.Clone(extra)
	for key, value := range fields {
		all[key] = value
	}
	return json.Marshal(all)
}

func readExtra(data []byte, wire any, known ...string) (map[string]any, error) {
	if err := json.Unmarshal(data, wire); err != nil {
		return nil, err
	}
	var all map[string]any
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, err
	}
	maps.DeleteFunc(all, func(key string, _ any) bool { return slices.Contains(known, key) })
	if len(all) == 0 {
		return nil, nil
	}
	return all, nil
}

// Annotation returns the value of an annotation, or "".
func (e Entity) Annotation(key string) string { return e.Metadata.Annotations[key] }

// Text returns the string at a key of spec, or "".
func (e Entity) Text(key string) string {
	text, _ := e.Spec[key].(string)
	return text
}
