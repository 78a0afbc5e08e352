package yamlcore

import (
	"math"
	"regexp"
	"strconv"

	"go.yaml.in/yaml/v3"
)

var (
	decimal = regexp.MustCompile(`^[-+]?[0-9]+$`)
	octal   = regexp.MustCompile(`^0o[0-7]+$`)
	hex     = regexp.MustCompile(`^0x[0-9a-fA-F]+$`)
	float   = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)
)

// words are the plain scalars that stand for a value.
var words = map[string]any{
	"": nil, "~": nil, "null": nil, "Null": nil, "NULL": nil,
	"true": true, "True": true, "TRUE": true, "false": false, "False": false, "FALSE": false,
	".inf": math.Inf(1), ".Inf": math.Inf(1), ".INF": math.Inf(1),
	"+.inf": math.Inf(1), "+.Inf": math.Inf(1), "+.INF": math.Inf(1),
	"-.inf": math.Inf(-1), "-.Inf": math.Inf(-1), "-.INF": math.Inf(-1),
	".nan": math.NaN(), ".NaN": math.NaN(), ".NAN": math.NaN(),
}

// resolve is the value of a plain scalar.
func resolve(text string) any {
	if value, is := words[text]; is {
		return value
	}
	switch {
	case decimal.MatchString(text):
		return whole(text, 10)
	case octal.MatchString(text):
		return whole(text[2:], 8)
	case hex.MatchString(text):
		return whole(text[2:], 16)
	case float.MatchString(text):
		return number(text)
	}
	return text
}

// whole is a whole number, as exactly as it can be had.
func whole(digits string, base int) any {
	if n, err := strconv.ParseInt(digits, base, 64); err == nil {
		return n
	}
	if n, err := strconv.ParseUint(digits, base, 64); err == nil {
		return n
	}
	switch base {
	case 8:
		n := 0.0
		for _, digit := range digits {
			n = n*8 + float64(digit-'0')
		}
		return n
	case 16:
		return number("0x" + digits + "p0")
	}
	return number(digits)
}

// number is the nearest float of a number whose syntax is right; one out of
// range is infinite, which the error would say too.
func number(text string) any {
	n, _ := strconv.ParseFloat(text, 64)
	return n
}

// finite refuses the numbers that JSON does not have.
func finite(node *yaml.Node, value any) (any, error) {
	if n, is := value.(float64); is && (math.IsInf(n, 0) || math.IsNaN(n)) {
		return nil, wrong(node, "%q is no number that JSON has", node.Value)
	}
	return value, nil
}
