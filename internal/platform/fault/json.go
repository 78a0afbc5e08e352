package fault

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// unknownField begins what encoding/json says of a member that is not asked for.
const unknownField = "json: unknown field "

// Readable says what is wrong with a JSON text, of a value of the wrong type
// which field it is in, in the words of JSON and not of Go; other errors stay.
func Readable(err error) error {
	var wrong *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &wrong):
		kind, _, _ := strings.Cut(wrong.Value, " ") // of a number it has the digits too
		return fmt.Errorf("%s is of type %s where %s is expected", cmp.Or(wrong.Field, "the document"), kind, wanted(wrong.Type.Kind()))
	case err == nil:
		return nil
	case strings.HasPrefix(err.Error(), unknownField):
		return fmt.Errorf("there is no field %s", strings.TrimPrefix(err.Error(), unknownField))
	case errors.Is(err, io.EOF):
		return errors.New("it is empty")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("it ends too early")
	case errors.As(err, &syntax):
		return fmt.Errorf("it is not JSON at byte %d", syntax.Offset)
	}
	return err
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
