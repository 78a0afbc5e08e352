package scaffold

import (
	"context"
	"net/url"
	"syscall"
	"testing"

	"github.com/pronto-platform/pronto/internal/platform/scaffold/action"
)

// The edge may be killed, or upgraded, while a task is at work.
func TestAStepWaitsForAForgeThatIsAway(t *testing.T) {
	w := newWorld(t, stumbling(""))
	s, _ := w.start(t)
	says := s.actions["debug:log"]
	runs := 0
	failing := says
	failing.Run = func(ctx context.Context, c *action.Call, input map[string]any) error {
		if err := says.Run(ctx, c, input); err != nil {
			return err
		}
		if runs++; runs == 1 {
			return &url.Error{Op: "Get", URL: "https://git.example.com/", Err: syscall.ECONNREFUSED}
		}
		return nil
	}
	s.actions["debug:log"] = failing
	task, err := s.Create(t.Context(), CreateRequest{TemplateRef: "small", Values: map[string]any{"name": "ana"}})
	if err != nil {
		t.Fatal(err)
	}
	if task = w.ended(t, task.ID); task.Status != StatusCompleted || runs != 2 {
		t.Fatalf("the task is %s after %d runs: %s", task.Status, runs, task.Error)
	}
	log := messages(t, s, task.ID)
	for _, line := range []string{"Beginning step Say", "it is done", "The other side does not answer; trying again in 500ms", "Finished step Say"} {
		if n := count(log, line); n != 1 {
			t.Errorf("the log has %q %d times, want once: %q", line, n, log)
		}
	}
}
