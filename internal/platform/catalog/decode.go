package catalog

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"

	yamlstream "k8s.io/apimachinery/pkg/util/yaml"

	"github.com/pronto-platform/pronto/internal/base/yamlcore"
	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// maxDocuments bounds how many entities one file describes.
const maxDocuments = 1000

// Decode reads the descriptors of a YAML text of one or more documents. It
// does not validate them: Register and Upsert do.
func Decode(text []byte) ([]Entity, error) {
	documents, err := split(text)
	if err != nil {
		return nil, err
	}
	entities := make([]Entity, 0, len(documents))
	for _, document := range documents {
		if document.fault != nil {
			return nil, document.fault
		}
		entity, err := document.entity()
		if err != nil {
			return nil, err
		}
		entities = append(entities, entity)
	}
	return entities, nil
}

// document is one document of a descriptor file, as it was written.
type document struct {
	number int // from 1
	fields map[string]any
	fault  error // it is not what a descriptor has to be
}

// split cuts a text into its documents; those that are empty are left out.
func split(text []byte) ([]document, error) {
	stream := yamlstream.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	var documents []document
	for number := 1; ; number++ {
		raw, err := stream.Read()
		if errors.Is(err, io.EOF) {
			return documents, nil
		}
		if err != nil {
			return nil, fault.Inputf("document %d: %v", number, err)
		}
		if number > maxDocuments {
			return nil, fault.Inputf("it has more than %d documents", maxDocuments)
		}
		if one, empty := parse(number, raw); !empty {
			documents = append(documents, one)
		}
	}
}

func parse(number int, raw []byte) (one document, empty bool) {
	one.number = number
	encoded, err := yamlcore.ToJSON(raw)
	if err != nil {
		one.fault = one.failed(err)
		return one, false
	}
	if string(bytes.TrimSpace(encoded)) == "null" {
		return one, true
	}
	if err := json.Unmarshal(encoded, &one.fields); err != nil {
		one.fault = one.failed(fault.Readable(err))
	}
	return one, false
}

func (d document) failed(err error) error { return fault.Inputf("document %d: %v", d.number, err) }

// entity reads the document's fields.
func (d document) entity() (Entity, error) {
	encoded, err := json.Marshal(d.fields)
	if err != nil {
		return Entity{}, d.failed(err)
	}
	var entity Entity
	if err := json.Unmarshal(encoded, &entity); err != nil {
		return Entity{}, d.failed(fault.Readable(err))
	}
	return entity, nil
}

// ref names what the document describes as well as it can be told; "" if it
// cannot.
func (d document) ref() string {
	kind, _ := d.fields["kind"].(string)
	metadata, _ := d.fields["metadata"].(map[string]any)
	name, _ := metadata["name"].(string)
	namespace, _ := metadata["namespace"].(string)
	if kind == "" || name == "" {
		return ""
	}
	return Ref{kind, cmp.Or(namespace, defaultNamespace), name}.String()
}
