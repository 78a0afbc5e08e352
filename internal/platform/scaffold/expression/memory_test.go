package expression

import (
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/scaffold/expression/expressiontest"
)

// long is an expression that takes a while and little memory.
const long = "{% set n = 0 %}{% for i in range(40) %}{% for j in range(50) %}{% set n = n + 1 %}{% endfor %}{% endfor %}${{ n }}"

// grow has another part of the process take 640 MiB until stop is called; held
// is closed when it has.
func grow() (held <-chan struct{}, stop func()) {
	full, end, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		var texts []string
		for range 40 {
			texts = append(texts, strings.Repeat("x", 16<<20))
		}
		close(full)
		<-end
		runtime.KeepAlive(texts)
	}()
	return full, func() { close(end); <-ended }
}

func TestMemoryOfAnotherPartIsNotChargedToARendering(t *testing.T) {
	e := testEngine(t)
	e.patience = time.Minute
	_, stop := grow()
	defer stop()
	for range 3 {
		if out, err := e.Value(t.Context(), long, nil); err != nil {
			t.Errorf("it renders to %v, %v", out, err)
		}
	}
}

func TestATrialChargesWhatScriptsHoldAndNothingElse(t *testing.T) {
	e := testEngine(t)
	full := trial()
	held, stop := grow()
	<-held
	if err := full(); err != nil {
		t.Errorf("of what another part holds it says %v", err)
	}
	stop()
	before := scriptHeap()
	m, err := e.boot()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.vm.RunString("var held = []; for (var i = 0; i < 200; i++) { var one = []; for (var j = 0; j < 10000; j++) one.push({}); held.push(one); }"); err != nil {
		t.Fatal(err)
	}
	if grown := scriptHeap() - before; grown < 100<<20 {
		t.Errorf("two million objects are said to be %d MiB", grown>>20)
	}
	runtime.KeepAlive(m)
}

func TestARenderingThatTakesTooMuchMemoryStopsItselfOnly(t *testing.T) {
	e := testEngine(t)
	e.slots, e.patience = make(chan struct{}, 4), time.Minute
	var others sync.WaitGroup
	for range 3 {
		others.Go(func() {
			for range 4 {
				if out, err := e.Value(t.Context(), long, nil); err != nil {
					t.Errorf("one beside it renders to %v, %v", out, err)
				}
			}
		})
	}
	if out, err := e.Value(t.Context(), expressiontest.Hostile["many texts"], nil); !errors.Is(err, ErrLimit) || !strings.Contains(err.Error(), "of memory") {
		t.Errorf("it renders to %v, %v", out, err)
	}
	others.Wait()
	stillRight(t, e)
}
