// Package expression renders the ${{ }} expressions of templates: nunjucks, as
// Backstage speaks it, in a JavaScript machine with limits on time and memory.
package expression

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/dlclark/regexp2/v2"
	"github.com/dop251/goja"
	"github.com/dop251/goja/parser"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

var (
	//go:embed nunjucks/nunjucks.min.js
	nunjucksSource string
	//go:embed guard.js
	guardSource string
	//go:embed engine.js
	engineSource string
)

// Limits of one rendering. A skeleton renders in some milliseconds.
const (
	renderTime   = 5 * time.Second
	renderMemory = 256 << 20 // what it holds
	renderOutput = 16 << 20
	renderStack  = 2000
	watchEvery   = 5 * time.Millisecond
)

// ErrLimit is a rendering that takes too long or too much: the template's
// fault, not the engine's.
var ErrLimit = errors.New("the template goes over its limit")

// limitf is an InputError that is ErrLimit.
func limitf(format string, args ...any) error {
	return &fault.Error{Name: "InputError", Message: ErrLimit.Error() + ": " + fmt.Sprintf(format, args...), Cause: ErrLimit}
}

// Engine renders nunjucks templates with Backstage's rules. Virtual machines
// are kept, with the templates they compiled; each serves one caller at a
// time, and there are no more of them than processors.
type Engine struct {
	programs []*goja.Program
	hosts    []string
	patience time.Duration // for one rendering
	slots    chan struct{}
	trials   chan struct{} // has a place for one rendering that is measured

	mu   sync.Mutex
	idle []*machine
}

type machine struct {
	vm                 *goja.Runtime
	value, files, warm goja.Callable
}

// A regular expression that Go's own package does not know is matched by
// backtracking, which no interrupt reaches. Its time ends after a rendering's
// has, so that the rendering then finds itself interrupted.
func init() { regexp2.DefaultMatchTimeout = renderTime + 100*time.Millisecond }

// New makes an engine whose repository URLs may name these hosts.
func New(hosts []string) (*Engine, error) {
	e := &Engine{hosts: hosts, patience: renderTime, slots: make(chan struct{}, runtime.GOMAXPROCS(0)), trials: make(chan struct{}, 1)}
	for _, source := range [][2]string{{"nunjucks.min.js", nunjucksSource}, {"guard.js", guardSource}, {"engine.js", engineSource}} {
		tree, err := goja.Parse(source[0], source[1], parser.WithDisableSourceMaps)
		if err != nil {
			return nil, fmt.Errorf("template engine: %w", err)
		}
		program, err := goja.CompileAST(tree, false)
		if err != nil {
			return nil, fmt.Errorf("template engine: %w", err)
		}
		e.programs = append(e.programs, program)
	}
	m, err := e.boot() // so that the first task finds one
	if err != nil {
		return nil, err
	}
	e.idle = append(e.idle, m)
	return e, nil
}

// shared waits for a slot, until done is called.
func (e *Engine) shared(ctx context.Context) (done func(), err error) {
	select {
	case e.slots <- struct{}{}:
		return func() { <-e.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// acquire returns the machine used last, or a new one.
func (e *Engine) acquire() (*machine, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if last := len(e.idle) - 1; last >= 0 {
		m := e.idle[last]
		e.idle = e.idle[:last]
		return m, nil
	}
	return e.boot()
}

// release keeps a machine for the next caller.
func (e *Engine) release(m *machine) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.idle = append(e.idle, m)
}

func (e *Engine) boot() (*machine, error) {
	vm := goja.New()
	vm.SetMaxCallStackSize(renderStack)
	if err := vm.Set("hosts", e.hosts); err != nil {
		return nil, fmt.Errorf("template engine: %w", err)
	}
	for _, program := range e.programs {
		if _, err := vm.RunProgram(program); err != nil {
			return nil, fmt.Errorf("template engine: %w", err)
		}
	}
	m := &machine{vm: vm}
	object := vm.Get("render").ToObject(vm)
	var ok [3]bool
	m.value, ok[0] = goja.AssertFunction(object.Get("value"))
	m.files, ok[1] = goja.AssertFunction(object.Get("files"))
	m.warm, ok[2] = goja.AssertFunction(object.Get("warm"))
	if ok != [3]bool{true, true, true} {
		return nil, errors.New("template engine: its functions are missing")
	}
	return m, nil
}

// Value renders every string in a JSON-like value. A string that is one sole
// expression becomes the expression's value; what is undefined is left out.
func (e *Engine) Value(ctx context.Context, source any, scope map[string]any) (any, error) {
	var out struct{ Value any }
	err := e.call(ctx, func(m *machine) goja.Callable { return m.value }, &out, source, scope)
	return out.Value, err
}

// File is a file of a skeleton. A nil Content leaves only the path to
// be rendered.
type File struct {
	Path    string  `json:"path"`
	Content *string `json:"content,omitempty"`
}

// Options say how blocks are rendered.
type Options struct {
	TrimBlocks   bool `json:"trimBlocks,omitempty"`
	LstripBlocks bool `json:"lstripBlocks,omitempty"`
	// CookiecutterCompat reads {{ }} instead of ${{ }} and knows jsonify.
	CookiecutterCompat bool `json:"cookiecutterCompat,omitempty"`
}

// Files renders names and contents of files; an error names the file.
func (e *Engine) Files(ctx context.Context, files []File, scope map[string]any, o Options) ([]File, error) {
	var out []File
	err := e.call(ctx, func(m *machine) goja.Callable { return m.files }, &out, files, scope, o)
	return out, err
}

// Warm compiles files ahead of their first use.
func (e *Engine) Warm(ctx context.Context, files []File, o Options) error {
	var none any
	return e.call(ctx, func(m *machine) goja.Callable { return m.warm }, &none, files, o)
}

func (e *Engine) call(ctx context.Context, pick func(*machine) goja.Callable, out any, arguments ...any) error {
	texts := make([]string, len(arguments))
	for i, argument := range arguments {
		text, err := json.Marshal(argument)
		if err != nil {
			return fmt.Errorf("template: %w", err)
		}
		texts[i] = string(text)
	}
	text, err := e.render(ctx, e.shared, suspicion, pick, texts)
	if errors.Is(err, errSuspect) {
		text, err = e.render(ctx, e.alone, trial, pick, texts)
	}
	if err != nil {
		return err
	}
	if len(text) > renderOutput {
		return limitf("its output has %d bytes, more than %d", len(text), renderOutput)
	}
	return json.Unmarshal([]byte(text), out)
}

// render calls a function of a machine, once there is room for it.
func (e *Engine) render(ctx context.Context, room func(context.Context) (func(), error), measure func() gauge, pick func(*machine) goja.Callable, texts []string) (string, error) {
	done, err := room(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	m, err := e.acquire()
	if err != nil {
		return "", err
	}
	values := make([]goja.Value, len(texts))
	for i, text := range texts {
		values[i] = m.vm.ToValue(text)
	}
	result, err := m.guarded(ctx, e.patience, measure(), func() (goja.Value, error) { return pick(m)(goja.Undefined(), values...) })
	if err != nil {
		return "", err // the machine is not used again: a limit may have left it in the middle of something
	}
	e.release(m)
	return result.String(), nil
}

// guarded runs work and interrupts it when it takes too long or too much.
func (m *machine) guarded(ctx context.Context, patience time.Duration, full gauge, work func() (goja.Value, error)) (goja.Value, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, patience,
		limitf("it rendered for more than %s", patience))
	watched := make(chan struct{})
	go func() { defer close(watched); m.watch(ctx, full) }()
	result, err := work()
	cancel()
	<-watched
	m.vm.ClearInterrupt()
	return result, scriptError(err)
}

// scriptError keeps what a script's error says and leaves out where in the
// engine it was thrown.
func scriptError(err error) error {
	var interrupted *goja.InterruptedError
	var exception *goja.Exception
	var deep *goja.StackOverflowError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &interrupted):
		if cause, ok := interrupted.Value().(error); ok {
			return cause
		}
		return err
	case errors.As(err, &deep):
		return limitf("it nests too deep")
	case errors.As(err, &exception):
		if object, ok := exception.Value().(*goja.Object); ok {
			if message := object.Get("message"); message != nil {
				if name := object.Get("name"); name != nil && name.String() == "LimitError" {
					return limitf("%s", message.String())
				}
				return fault.Inputf("%s", message.String())
			}
		}
		return fault.Inputf("%s", exception.Value().String())
	}
	return err
}
