package form

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/dlclark/regexp2/v2"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// patternTime bounds the match of a pattern that Go's own package does not
// know, by text.
const patternTime = 200 * time.Millisecond

func newCompiler() *jsonschema.Compiler {
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft7)
	compiler.UseLoader(closed{})
	compiler.UseRegexpEngine(compilePattern)
	return compiler
}

// here is the address of the schema that is compiled.
const here = "form:///form"

// Compile says why a schema cannot be used.
func Compile(schema map[string]any) error {
	_, err := compile(schema)
	return err
}

func compile(schema map[string]any) (*jsonschema.Schema, error) {
	compiler := newCompiler()
	plain, err := Clone[any](schema)
	if err != nil {
		return nil, err
	}
	if err := compiler.AddResource(here, plain); err != nil {
		return nil, told(err)
	}
	compiled, err := compiler.Compile(here)
	return compiled, told(err)
}

// told is a compiler's error without where the schema stands.
func told(err error) error {
	var unlike *jsonschema.SchemaValidationError
	var invalid *jsonschema.ValidationError
	var pattern *jsonschema.InvalidRegexError
	var elsewhere *jsonschema.LoadURLError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &pattern):
		return fmt.Errorf("%s: %w", strings.TrimPrefix(strings.TrimPrefix(pattern.URL, here), "#/"), pattern.Err)
	case errors.As(err, &elsewhere):
		return elsewhere.Err
	case errors.As(err, &unlike) && errors.As(unlike.Err, &invalid):
		return errors.New((&Error{violations(invalid, nil, nil)}).Error())
	}
	return errors.New(strings.ReplaceAll(err.Error(), here, ""))
}

// closed keeps schemas from files and networks: a form stands for itself.
type closed struct{}

// Load implements jsonschema.URLLoader.
func (closed) Load(url string) (any, error) {
	return nil, fmt.Errorf("$ref to %s: a form may refer to itself only", strings.TrimPrefix(url, "form://"))
}

// compilePattern reads a pattern as JavaScript does. What Go's package reads
// too it matches, in linear time; the rest is matched by backtracking.
func compilePattern(pattern string) (jsonschema.Regexp, error) {
	if linear, err := regexp.Compile(pattern); err == nil {
		return linear, nil
	}
	backtracking, err := regexp2.Compile(pattern, regexp2.ECMAScript)
	if err != nil {
		return nil, fmt.Errorf("pattern %q: %w", pattern, err)
	}
	backtracking.MatchTimeout = patternTime
	return patient{backtracking}, nil
}

type patient struct{ *regexp2.Regexp }

// MatchString implements jsonschema.Regexp. What takes too long does not match.
func (p patient) MatchString(text string) bool {
	matched, err := p.Regexp.MatchString(text)
	return err == nil && matched
}
