package expression

import (
	"errors"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/dlclark/regexp2/v2"

	"github.com/pronto-platform/pronto/internal/platform/scaffold/expression/expressiontest"
)

func TestAHostileTemplateIsStopped(t *testing.T) {
	e := testEngine(t)
	e.patience = time.Second
	defer func(d time.Duration) { regexp2.DefaultMatchTimeout = d }(regexp2.DefaultMatchTimeout)
	regexp2.DefaultMatchTimeout = e.patience + 100*time.Millisecond
	for name, source := range expressiontest.Hostile {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			begin := time.Now()
			out, err := e.Value(t.Context(), source, map[string]any{})
			if !errors.Is(err, ErrLimit) {
				t.Errorf("it renders to %.60v, %v; want a limit", out, err)
			}
			t.Logf("%s: %v", time.Since(begin).Round(time.Millisecond), err)
			if took := time.Since(begin); took > 2*renderTime {
				t.Errorf("it took %s", took)
			}
			runtime.ReadMemStats(&after)
			if grown := int64(after.HeapSys) - int64(before.HeapSys); grown > 1<<30 {
				t.Errorf("the heap grew by %d MiB", grown>>20)
			}
			stillRight(t, e)
		})
	}
}

// stillRight proves that the machines render as if nothing had been.
func stillRight(t *testing.T, e *Engine) {
	t.Helper()
	scope := map[string]any{"o": map[string]any{"a": []any{1, "x"}}}
	for source, want := range map[string]any{
		"${{ 1 + 1 }}": float64(2), "${{ o.a | join('-') }}": "1-x", "${{ o }}": map[string]any{"a": []any{float64(1), "x"}},
		"${{ range(3) }}": []any{float64(0), float64(1), float64(2)}, "${{ o.polluted }}|${{ polluted }}|${{ ''.polluted }}": "||",
		"{% for k, v in o %}${{ k }}{% endfor %}": "a", "${{ 'a-b' | replace('-', '+') }}": "a+b",
	} {
		if out, err := e.Value(t.Context(), source, scope); err != nil || !reflect.DeepEqual(out, want) {
			t.Errorf("afterwards %s renders to %#v, %v; want %#v", source, out, err, want)
		}
	}
}

func TestATemplateDoesNotReachTheMachine(t *testing.T) {
	e := testEngine(t)
	e.slots = make(chan struct{}, 1) // all meet in one machine
	for _, reach := range []string{
		"''.constructor", "''['constructor']", "''[['constructor']]", "[].constructor", "(1).constructor", "range.constructor",
		"({}).constructor", "constructor", "__proto__", "({}).__proto__", "range.prototype", "cycler.prototype", "this", "globalThis", "nunjucks",
		"guard", "render", "hosts", "Function", "eval", "Array", "range.caller", "range.arguments",
		"o | pick('constructor')", "o | pick('__proto__.polluted')", "o.a | pick('constructor.constructor')",
	} {
		if out, err := e.Value(t.Context(), "${{ "+reach+" }}", map[string]any{"o": map[string]any{"a": "x"}}); err != nil || out != nil {
			t.Errorf("%s renders to %#v, %v; want nothing", reach, out, err)
		}
	}
	for _, attempt := range []string{
		"${{ ''.constructor.constructor('while(1){}')() }} ",
		"${{ ({}).constructor.constructor('return 1')() }} ",
		"${{ constructor.assign(constructor.prototype, {polluted: 1}) }} ",
		"${{ o.__proto__.polluted }}${{ o.__defineGetter__('a', range) }} ",
		"${{ range.__defineGetter__('polluted', range) }} ",
		"${{ [].__proto__.push(1) }} ",
		"${{ {'__proto__': {'polluted': 1}}.polluted }} ",
		"{% set __proto__ = {'polluted': 1} %}x ",
		"{% set range = 5 %}{% set o = 5 %}{% set polluted = 5 %}x ",
		"{% macro range() %}polluted{% endmacro %}x ",
		"${{ x\"&Function`return\\x20globalThis```&\"y }} ",
		"${{ x\"};globalThis.polluted\\u003d1;//  }} ",
		"${{ o | groupby('__proto__') }} ",
		"${{ o.a.push.apply(o.a, [1]) }}${{ range.apply.call(range, o, [1]) }} ",
		"${{ {'toString': range} }}${{ o[{'toString': joiner}] }} ",
		"${{ r/a/.constructor('b') }} ",
		"{% include '/etc/passwd' %}", "{% import '/etc/passwd' as x %}", "{% extends '../../x' %}",
	} {
		out, err := e.Value(t.Context(), attempt, map[string]any{"o": map[string]any{"a": []any{1}}})
		if text, ok := out.(string); ok && (strings.Contains(text, "root:") || strings.Contains(text, "native code")) {
			t.Errorf("%s renders to %v, %v", attempt, out, err)
		}
		stillRight(t, e)
	}
}
