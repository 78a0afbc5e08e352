package e2e

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/internal/client"
	"github.com/pronto-platform/pronto/test/platform"
)

// p is the one platform that all tests share.
var p *platform.Platform

// startTimeout and stopTimeout bound what happens outside of the tests.
const (
	startTimeout = 6 * time.Minute
	stopTimeout  = time.Minute
)

func TestMain(m *testing.M) {
	flag.Parse()
	if flag.Lookup("test.list").Value.String() != "" {
		os.Exit(m.Run())
	}
	os.Exit(run(m))
}

// run returns the exit code; whatever happens the platform is stopped.
func run(m *testing.M) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	// Interrupted: m.Run would go on.
	defer context.AfterFunc(ctx, func() { os.Exit(cleanUp(1)) })()
	starting, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	settings, err := noticed.listen()
	if err == nil {
		p, err = platform.Start(starting, os.Stderr, settings)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e: the platform did not start:", err)
		return cleanUp(1)
	}
	return cleanUp(m.Run())
}

// cleanUp keeps the logs when something failed and takes the platform away, once.
var cleanUp = func() func(int) int {
	var once sync.Once
	return func(code int) int {
		once.Do(func() {
			if err := errors.Join(stopPlatform(code != 0), noticed.close()); err != nil {
				fmt.Fprintln(os.Stderr, "e2e: stop the platform:", err)
				code = max(code, 1)
			}
		})
		return code
	}
}()

func stopPlatform(keep bool) error {
	if p == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	var err error
	if keep {
		dir := filepath.Join(platform.Artifacts("e2e"), "platform")
		err = p.Keep(ctx, dir)
		fmt.Fprintln(os.Stderr, "e2e: the platform's logs are in", dir)
	}
	return errors.Join(err, p.Stop(ctx))
}

// within is the test's context with a deadline of its own.
func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// must is for what a test needs but does not test.
func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// firstName is the application that tests share which only look at one, or
// change it and leave it live.
const firstName = "a1"

// first is that application; the first test that asks creates it.
func first(t *testing.T) client.App {
	t.Helper()
	return must[client.App](t)(createFirst())
}

var createFirst = sync.OnceValues(func() (client.App, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	return p.Create(ctx, firstName, "replicas=2", "description=The first of them")
})
