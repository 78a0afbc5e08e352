package client_test

import (
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/pronto-platform/pronto/internal/client"
)

func TestAFormTellsEveryFieldThatItMayShow(t *testing.T) {
	for schema, want := range map[string]client.Form{
		`{"properties": {"a": {"type": "integer"}}}` + "\n" + `{"properties": {"b": {"type": ["string", "null"]}}}`: {Fields: map[string]client.Property{"a": {Type: "integer"}, "b": {}}},
		`{"properties": {"a": {"type": "string"}}, "dependencies": {"a": {"oneOf": [{"properties": {"a": {"enum": ["x"]}, "b": {"type": "boolean"}}}]}, "c": ["a"]}}`: {
			Fields: map[string]client.Property{"a": {Type: "string"}, "b": {Type: "boolean"}}},
		`{"allOf": [{"if": {"properties": {"a": {"const": 1}}}, "then": {"$ref": "#/definitions/x~1y"}}], "definitions": {"x/y": {"properties": {"c": {"type": "number"}}, "$ref": "#/definitions/x~1y"}}}`: {
			Fields: map[string]client.Property{"a": {}, "c": {Type: "number"}}},
		`{"properties": {"a": {"type": "object", "properties": {"inner": {}}}}, "additionalProperties": false, "$ref": "#"}`: {Fields: map[string]client.Property{"a": {Type: "object"}}},
		`{"patternProperties": {"^x-": {}}}`:                     {Fields: map[string]client.Property{}, Open: true},
		`{"$ref": "#/nowhere"}` + "\n" + `{"$ref": "elsewhere"}`: {Fields: map[string]client.Property{}},
	} {
		c := against(t, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"title": "T", "steps": [{"schema": `+strings.ReplaceAll(schema, "\n", `}, {"schema": `)+`}]}`)
		})
		got, err := c.Form(t.Context(), "x")
		if err != nil || got.Open != want.Open || !maps.Equal(got.Fields, want.Fields) {
			t.Errorf("%s\nis %+v, %v; want %+v", schema, got, err, want)
		}
	}
}
