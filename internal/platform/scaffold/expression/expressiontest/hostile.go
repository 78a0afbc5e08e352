// Package expressiontest holds what tests of expressions have in common.
package expressiontest

import "strings"

// Hostile are expressions that must end soon with expression.ErrLimit, by what
// they do.
var Hostile = map[string]string{
	"a string that doubles":                "{% set s = 'xxxxxxxxxxxxxxxx' %}{% for i in range(0, 40) %}{% set s = s + s %}{% endfor %}${{ s | length }} ",
	"a string that doubles by ~":           "{% set s = 'xxxxxxxxxxxxxxxx' %}{% for i in range(0, 40) %}{% set s = s ~ s %}{% endfor %}${{ s | length }} ",
	"a loop over a billion":                "{% for i in range(1000000000) %}x{% endfor %}",
	"loops in loops":                       "{% for i in range(10000) %}{% for j in range(10000) %}{% for k in range(10000) %}{% endfor %}{% endfor %}{% endfor %}",
	"endless recursion":                    "{% macro m() %}${{ m() }}{% endmacro %}${{ m() }} ",
	"recursion that branches":              "{% macro m(n) %}{% if n > 0 %}${{ m(n - 1) }}${{ m(n - 1) }}{% endif %}{% endmacro %}${{ m(60) }} ",
	"repeat":                               "${{ 'x'.repeat(1073741824) }} ",
	"repeat as a value":                    "${{ 'x'.repeat(1073741824) }}",
	"repeat by call":                       "${{ 'x'.repeat.call('xxxx', 1073741824) }}",
	"padStart":                             "${{ 'x'.padStart(1073741824, 'ab') }}",
	"concat":                               "{% set s = 'x'.repeat(9000000) %}${{ s.concat(s, s) }}",
	"replace that grows":                   "{% set a = 'a'.repeat(100000) %}${{ a | replace(r/a/g, a) }}",
	"replace by itself":                    "{% set a = 'a'.repeat(100000) %}${{ a.replace(r/a/g, \"$'$'\") }}",
	"replaceAll that grows":                "{% set a = 'a'.repeat(100000) %}${{ a.replaceAll('a', a) }}",
	"filter replace that grows":            "{% set a = 'a'.repeat(100000) %}${{ a | replace('a', a) }}",
	"joins of joins":                       "{% set a = ['x'.repeat(1000)] %}{% for i in range(40) %}{% set a = [a, a] %}{% endfor %}${{ a | join(',') }}",
	"a list as text":                       "{% set a = ['x'.repeat(1000)] %}{% for i in range(40) %}{% set a = [a, a] %}{% endfor %}x${{ a }}",
	"a list as JSON":                       "{% set a = ['x'] %}{% for i in range(40) %}{% set a = [a, a] %}{% endfor %}${{ a | dump }}",
	"a list in itself":                     "{% set a = [] %}${{ a.push(a) }}${{ a | dump }}",
	"a list that doubles":                  "{% set a = range(10000) %}{% for i in range(40) %}{% set a = a.concat(a) %}{% endfor %}${{ a | length }} ",
	"many texts":                           "{% set a = [] %}{% for i in range(10000) %}{% set n = a.push('x'.repeat(4000000)) %}{% endfor %}${{ a | length }} ",
	"split":                                "${{ 'x'.repeat(16000000).split('') | length }} ",
	"centre":                               "${{ 'x' | center(2000000000) }} ",
	"indent":                               "${{ 'x' | indent(2000000000, true) }} ",
	"a regular expression that backtracks": "${{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' | replace(r/^(?=(a+)+b)(a+)+\\2$/, '') }} ",
	"a regular expression as text":         "${{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.match('^(?=(a+)+b)(a+)+$') }} ",
	"output without end":                   "{% set s = 'x'.repeat(1000000) %}{% for i in range(10000) %}${{ s }}{% endfor %}",
	"nesting without end":                  "${{ " + strings.Repeat("(", 20000) + "1" + strings.Repeat(")", 20000) + " }} ",
}
