package fault

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
)

// Readable says of a JSON value of the wrong type which field it is in, in the
// words of JSON and not of Go; other errors stay.
func Readable(err error) error {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return err
	}
	return fmt.Errorf("%s is of type %s where %s is expected", cmp.Or(wrong.Field, "the document"), wrong.Value, wanted(wrong.Type.Kind()))
}

func wanted(kind reflect.Kind) string {
	switch {
	case kind == reflect.String:
		return "a string"
	case kind == reflect.Slice || kind == reflect.Array:
		return "a list"
	case kind == reflect.Bool:
		return "true or false"
	case kind >= reflect.Int && kind <= reflect.Uint64:
		return "a whole number"
	case kind == reflect.Float32 || kind == reflect.Float64:
		return "a number"
	}
	return "an object"
}
