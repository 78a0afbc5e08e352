package catalog

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"

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
	return entity, false, readable(err)
}

// readable says of a value of the wrong type which field it is in.
func readable(err error) error {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return err
	}
	wanted := "an object"
	switch wrong.Type.Kind() {
	case reflect.String:
		wanted = "a string"
	case reflect.Slice:
		wanted = "a list"
	default:
	}
	return fmt.Errorf("%s is of type %s where %s is expected", cmp.Or(wrong.Field, "the document"), wrong.Value, wanted)
}
