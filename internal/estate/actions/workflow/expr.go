package workflow

import (
	"fmt"
	"strings"

	"github.com/nektos/act/pkg/exprparser"
)

// Evaluator computes expressions in one place of a workflow. Status functions
// (success(), failure(), ...) look at Env.Job.Status: success, failure or
// cancelled.
type Evaluator struct {
	Env *exprparser.EvaluationEnvironment
	Dir string // what hashFiles() searches
}

func (e Evaluator) interpreter() exprparser.Interpreter {
	return exprparser.NewInterpeter(e.Env, exprparser.Config{WorkingDir: e.Dir, Context: "step"})
}

// Interpolate replaces every ${{ }} of text by its value.
func (e Evaluator) Interpolate(text string) (string, error) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "${{")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		end := expressionEnd(rest)
		if end < 0 {
			return "", fmt.Errorf("expression %q: the closing }} is missing", "${{"+rest)
		}
		value, err := e.interpreter().Evaluate("format('{0}', "+rest[:end]+")", exprparser.DefaultStatusCheckNone)
		if err != nil {
			return "", fmt.Errorf("expression ${{%s}}: %w", rest[:end], err)
		}
		fmt.Fprint(&b, value)
		text = rest[end+2:]
	}
}

// expressionEnd finds the }} that is not within a quoted string.
func expressionEnd(text string) int {
	quoted := false
	for i := range text {
		switch {
		case text[i] == '\'':
			quoted = !quoted
		case !quoted && strings.HasPrefix(text[i:], "}}"):
			return i
		}
	}
	return -1
}

// InterpolateMap replaces in every value.
func (e Evaluator) InterpolateMap(in map[string]string) (map[string]string, error) {
	out := make(map[string]string, len(in))
	for key, text := range in {
		value, err := e.Interpolate(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		out[key] = value
	}
	return out, nil
}

// Condition decides an `if:`, which means success() && (text) unless text
// names a status function itself.
func (e Evaluator) Condition(text string) (bool, error) {
	text = strings.TrimSpace(text)
	if inner, ok := strings.CutPrefix(text, "${{"); ok && expressionEnd(inner) == len(inner)-2 {
		text = inner[:len(inner)-2]
	}
	value, err := e.interpreter().Evaluate(text, exprparser.DefaultStatusCheckSuccess)
	if err != nil {
		return false, fmt.Errorf("if: %s: %w", text, err)
	}
	return exprparser.IsTruthy(value), nil
}

// Bool reads a field that is true, false or an expression; empty is false.
func (e Evaluator) Bool(text string) (bool, error) {
	value, err := e.Interpolate(text)
	return strings.TrimSpace(value) == "true", err
}
