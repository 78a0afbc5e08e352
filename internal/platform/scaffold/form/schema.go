package form

import (
	"fmt"
	"regexp"
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

// closed keeps schemas from files and networks: a form stands for itself.
type closed struct{}

// Load implements jsonschema.URLLoader.
func (closed) Load(url string) (any, error) {
	return nil, fmt.Errorf("$ref to %s: a form may refer to itself only", url)
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
