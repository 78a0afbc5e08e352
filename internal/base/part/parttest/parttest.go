// Package parttest runs a part for a test.
package parttest

import (
	"context"
	"sync"
	"testing"
)

// Start runs a part, given by its Run method, and returns when it is ready. It
// runs until stop is called, which waits for its end, or until the test ends;
// calling stop again does nothing. A part that ends before it is ready, or
// with an error, fails the test.
func Start(t testing.TB, run func(ctx context.Context, ready func()) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- run(ctx, func() { close(ready) }) }()
	select {
	case <-ready:
	case err := <-ended:
		cancel()
		t.Fatalf("Run = %v before it was ready", err)
	}
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run = %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}
