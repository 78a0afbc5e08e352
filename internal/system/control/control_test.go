package control_test

import (
	"context"
	"net/http"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/internal/system/control"
)

func TestAFollowerHearsEveryPartOnceEvenOverARestart(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "c.sock")
	heard := make(chan string, 8)
	done := make(chan error, 1)
	go func() {
		done <- control.Follow(t.Context(), socket, func(p control.Part) { heard <- p.Name })
	}()

	first := control.NewBoard("forge", "portal")
	stop := serve(t, socket, first)
	first.Ready("forge", 30*time.Millisecond)
	if got := <-heard; got != "forge" {
		t.Fatalf("heard %s first", got)
	}
	stop() // the process is killed

	second := control.NewBoard("forge", "portal")
	defer serve(t, socket, second)()
	second.Ready("forge", time.Millisecond)
	second.Ready("portal", time.Millisecond)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	close(heard)
	var rest []string
	for name := range heard {
		rest = append(rest, name)
	}
	if !slices.Equal(rest, []string{"portal"}) {
		t.Errorf("after the restart heard %v, want only portal", rest)
	}
}

func TestFollowEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := control.Follow(ctx, filepath.Join(t.TempDir(), "none.sock"), func(control.Part) {}); err == nil {
		t.Error("Follow returned nil although nothing listened")
	}
}

func serve(t *testing.T, socket string, board *control.Board) (stop func()) {
	t.Helper()
	l, err := control.Listen(t.Context(), socket)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: board}
	go server.Serve(l)
	return func() { _ = server.Close() }
}
