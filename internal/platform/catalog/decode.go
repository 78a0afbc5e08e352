package catalog

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"

	yamlstream "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// Decode reads the descriptors of a YAML text of one or more documents. It
// does not validate them: Register and Upsert do.
func Decode(text []byte) ([]Entity, error) {
	documents := yamlstream.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	var entities []Entity
	for number := 1; ; number++ {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return entities, nil
		}
		if err != nil {
			return nil, inputErrorf("document %d: %v", number, err)
		}
		entity, empty, err := decodeOne(document)
		if err != nil {
			return nil, inputErrorf("document %d: %v", number, err)
		}
		if !empty {
			entities = append(entities, entity)
		}
	}
}

func decodeOne(document []byte) (entity Entity, empty bool, err error) {
	encoded, err := yaml.YAMLToJSONStrict(document)
	if err != nil {
		return Entity{}, false, err
	}
	if string(bytes.TrimSpace(encoded)) == "null" {
		return Entity{}, true, nil
	}
	err = json.Unmarshal(encoded, &entity)
	return entity, false, err
}
