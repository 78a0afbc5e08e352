package expression

import (
	"context"
	"errors"
	"math"
	"runtime"
	"runtime/metrics"
	"strings"
	"time"
)

// How much memory a rendering takes cannot be read: Go counts what the whole
// process has, in which a push is received and an image is built meanwhile.
// So the process's heap, which costs nothing to read, only raises a suspicion.
// A rendering under suspicion is stopped and begun anew with no other beside
// it, which it may be since it changes nothing; then what the runtime's heap
// profile says was allocated beneath scripts is its own.

// errSuspect stops a rendering while which the process has grown.
var errSuspect = errors.New("the process has grown while a template was rendered")

// gauge says when a rendering has to stop for its memory; nil: not yet.
type gauge func() error

// suspicion looks at the process.
func suspicion() gauge {
	begin := heapSize()
	return func() error {
		if heapSize() <= begin+renderMemory {
			return nil
		}
		runtime.GC() // what others left behind is not the template's
		if heapSize() <= begin+renderMemory {
			return nil
		}
		return errSuspect
	}
}

// trial measures the only rendering.
func trial() gauge {
	begin, before := scriptHeap(), heapSize()
	return func() error {
		if heapSize() <= before+renderMemory {
			return nil
		}
		grown := scriptHeap() - begin
		if grown > renderMemory {
			return limitf("it took more than %d MiB of memory", renderMemory>>20)
		}
		before = heapSize() - uint64(max(0, grown)) // the rest is of others
		return nil
	}
}

func heapSize() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// scripts begins the names of functions that run them.
const scripts = "github.com/dop251/goja"

// scriptHeap is how many bytes scripts hold, by the sampled heap profile.
func scriptHeap() int64 {
	runtime.GC()
	runtime.GC() // the profile is behind by two
	var size float64
	for _, record := range profile() {
		if ofScripts(record.Stack()) {
			size += estimated(record)
		}
	}
	return int64(size)
}

func profile() []runtime.MemProfileRecord {
	n, _ := runtime.MemProfile(nil, false)
	for {
		records := make([]runtime.MemProfileRecord, n+100) // it may grow meanwhile
		var whole bool
		if n, whole = runtime.MemProfile(records, false); whole {
			return records[:n]
		}
	}
}

// ofScripts looks at the innermost calls, which is all that a record has:
// whatever a script allocates is a few calls away from what runs it.
func ofScripts(stack []uintptr) bool {
	frames := runtime.CallersFrames(stack)
	for {
		frame, more := frames.Next()
		if strings.HasPrefix(frame.Function, scripts) {
			return true
		}
		if !more {
			return false
		}
	}
}

// estimated is how many bytes a sampled record stands for: an allocation is
// sampled with the probability 1 - e^(-size/rate).
func estimated(record runtime.MemProfileRecord) float64 {
	count, bytes := record.InUseObjects(), record.InUseBytes()
	if count <= 0 || bytes <= 0 {
		return 0
	}
	each := float64(bytes) / float64(count)
	return float64(bytes) / (1 - math.Exp(-each/float64(runtime.MemProfileRate)))
}

// alone waits until no other rendering goes on, and keeps others waiting until
// done is called.
func (e *Engine) alone(ctx context.Context) (done func(), err error) {
	taken := 0
	done = func() {
		for range taken {
			<-e.slots
		}
		<-e.trials
	}
	select {
	case e.trials <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	for range cap(e.slots) {
		select {
		case e.slots <- struct{}{}:
			taken++
		case <-ctx.Done():
			done()
			return nil, ctx.Err()
		}
	}
	return done, nil
}

// watch stops the machine's script when ctx ends or the gauge says so.
func (m *machine) watch(ctx context.Context, full gauge) {
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			m.vm.Interrupt(context.Cause(ctx))
			return
		case <-ticker.C:
			if err := full(); err != nil {
				m.vm.Interrupt(err)
				return
			}
		}
	}
}
