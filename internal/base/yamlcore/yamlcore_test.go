package yamlcore

import (
	"strings"
	"testing"
)

// The wanted values are those of the npm package yaml 2.9.1.
func TestPlainScalarsAreThoseOfTheCoreSchema(t *testing.T) {
	for text, want := range map[string]string{
		"y": `"y"`, "n": `"n"`, "yes": `"yes"`, "no": `"no"`, "on": `"on"`, "off": `"off"`, "Yes": `"Yes"`,
		"true": "true", "True": "true", "TRUE": "true", "tRUE": `"tRUE"`, "false": "false", "FALSE": "false",
		"null": "null", "Null": "null", "NULL": "null", "nULL": `"nULL"`, "~": "null", "": "null",
		"0755": "755", "08": "8", "00": "0", "-012": "-12", "0o755": "493", "0O755": `"0O755"`, "0o8": `"0o8"`, "-0o7": `"-0o7"`,
		"0xff": "255", "0xFF": "255", "0Xff": `"0Xff"`, "-0x1": `"-0x1"`, "0x": `"0x"`, "0b11": `"0b11"`,
		"1_000": `"1_000"`, "1,000": `"1,000"`, "12:30:45": `"12:30:45"`, "2001-01-01": `"2001-01-01"`,
		"1e3": "1000", "1E+3": "1000", "1.": "1", ".5": "0.5", "-.5": "-0.5", "+.5": "0.5", "+1": "1", "1.0": "1", "0.1e-2": "0.001",
		"1e": `"1e"`, "e1": `"e1"`, ".": `"."`, "+": `"+"`, "..": `".."`, "inf": `"inf"`, "nan": `"nan"`, "=": `"="`,
		`"yes"`: `"yes"`, "!!str 1": `"1"`, `!!int "3"`: "3", `!!bool "true"`: "true", `!!null ""`: "null", "!foo bar": `"bar"`,
		"123456789012345678901234567890": "1.2345678901234568e+29",
	} {
		encoded, err := ToJSON([]byte("v: " + text))
		if got := string(encoded); err != nil || got != `{"v":`+want+`}` {
			t.Errorf("%s is %s, %v; want %s", text, got, err, want)
		}
	}
}

func TestMappingsAnchorsAndMergeKeys(t *testing.T) {
	for text, want := range map[string]string{
		"":                                      "null",
		"# nothing\n":                           "null",
		"y: 1\non: 2":                           `{"on":2,"y":1}`,
		"0755: 1":                               `{"755":1}`,
		"0x10: a":                               `{"16":"a"}`,
		"1.0: a\n1e3: b":                        `{"1":"a","1000":"b"}`,
		"true: a\n~: b":                         `{"":"b","true":"a"}`,
		"a: &x 1\nb: *x":                        `{"a":1,"b":1}`,
		"a: &x {b: 1, d: 3}\nc: {<<: *x, d: 2}": `{"a":{"b":1,"d":3},"c":{"b":1,"d":2}}`,
		"c: {<<: [{a: 1}, {a: 2, b: 3}]}":       `{"c":{"a":1,"b":3}}`,
		`{"a": [1, "y", null]}`:                 `{"a":[1,"y",null]}`,
		"a: 1\n---\nb: 2":                       `{"a":1}`,
	} {
		if encoded, err := ToJSON([]byte(text)); err != nil || string(encoded) != want {
			t.Errorf("%q is %s, %v; want %s", text, encoded, err, want)
		}
	}
}

func TestWhatCannotBeReadSaysWhere(t *testing.T) {
	bomb := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 10; i++ {
		before, here := string(rune('0'+i-1)), string(rune('0'+i))
		bomb += "a" + here + ": &a" + here + " [" + strings.Repeat("*a"+before+", ", 9) + "*a" + before + "]\n"
	}
	for text, says := range map[string]string{
		"a: 1\nb: 2\na: 3":        `line 3: key "a" already set in map, on line 1`,
		"0x1: a\n1: b":            `line 2: key "1" already set in map`,
		"a: .inf":                 `line 1: ".inf" is no number that JSON has`,
		"a:\n  - .NaN":            `line 2: ".NaN" is no number that JSON has`,
		"a: !!int x":              `line 1: "x" is not what its tag !!int says`,
		"? [a]\n: 1":              "line 1: a key is a text",
		"a: {<<: 1}":              "line 1: << takes a mapping",
		"a: &x [*x, *x]":          "line 1: it",
		"a: [":                    "line 1",
		bomb:                      "its aliases make too much of it",
		strings.Repeat("[", 9000): "",
		strings.Repeat("[", 9000) + strings.Repeat("]", 9000):   "nested deeper than 100",
		strings.Repeat(`{"a":`, 150) + strings.Repeat("}", 150): "nested deeper than 100",
	} {
		if encoded, err := ToJSON([]byte(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%.60q is %.60s, %v; want %s", text, encoded, err, says)
		}
	}
}
