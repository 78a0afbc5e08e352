package chaos

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pronto-platform/pronto/internal/client"
	"github.com/pronto-platform/pronto/test/platform"
)

const (
	lookEvery  = 150 * time.Millisecond
	comeBack   = 200 * time.Millisecond
	agreeLimit = 15 * time.Second
)

// follower is somebody who looks on, and what they were shown.
type follower struct {
	l      *Lane
	run    chan int64
	events []taskEvent
	log    []string
	runID  int64
	faults []error
}

type taskEvent struct {
	ID   int64
	Type string
	Body struct{ Message, StepID, Status string }
}

// watch begins to follow everything that tells of the application. The
// function it returns waits for the followers, whose context has been ended,
// and says what one of them was shown that is not there any more.
func (l *Lane) watch(ctx context.Context) func(Operation) error {
	f := &follower{l: l, run: make(chan int64, 1)}
	var all sync.WaitGroup
	all.Go(func() { f.followApp(ctx) })
	all.Go(func() { f.followTask(ctx) })
	all.Go(func() { f.followRun(ctx) })
	return func(op Operation) error {
		all.Wait()
		checking, cancel := context.WithTimeout(context.WithoutCancel(ctx), agreeLimit)
		defer cancel()
		errs := f.faults
		if op == Create {
			errs = append(errs, f.checkTask(checking))
		}
		if op != Delete && f.runID != 0 {
			errs = append(errs, f.checkLog(checking))
		}
		return errors.Join(errs...)
	}
}

// followApp tells the moments of the delivery and of the deletion.
func (f *follower) followApp(ctx context.Context) {
	seen := map[string]bool{}
	tell := func(what string) {
		if !seen[what] {
			seen[what] = true
			f.l.moment("%s", what)
		}
	}
	first := ""
	_ = f.l.p.API.Watch(ctx, f.l.Name, func(change client.Change) error { // it ends with ctx
		d := change.App.Delivery
		if change.Deleted || d == nil {
			return nil
		}
		if first == "" && d.Status != "in_progress" {
			first = d.ID // an earlier one
		}
		if deletion := change.App.Deletion; deletion != nil {
			for _, step := range deletion.Steps {
				if step.Status != "waiting" {
					tell("removal " + step.Name + " " + step.Status)
				}
			}
		}
		if d.ID == first {
			return nil
		}
		if d.RunID != 0 && !seen["run"] {
			seen["run"] = true
			f.run <- d.RunID
		}
		for _, phase := range d.Phases {
			if phase.Status != "waiting" && phase.Status != "skipped" {
				tell("phase " + phase.Name + " " + phase.Status)
			}
		}
		return nil
	})
}

// followTask reads the task's event stream as a browser does: it comes back
// with the last number it saw.
func (f *follower) followTask(ctx context.Context) {
	var task string
	select {
	case <-ctx.Done():
		return
	case task = <-f.l.taken:
	}
	for ctx.Err() == nil {
		if f.readStream(ctx, task) == nil && len(f.events) > 0 && f.events[len(f.events)-1].Type == "completion" {
			return
		}
		pause(ctx, comeBack)
	}
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

func (f *follower) readStream(ctx context.Context, task string) error {
	after := int64(0)
	if n := len(f.events); n > 0 {
		after = f.events[n-1].ID
	}
	path := fmt.Sprintf("/api/scaffolder/v2/tasks/%s/eventstream?after=%d", task, after)
	request, err := f.l.request(ctx, f.l.p.Env["PRONTO_URL"]+path, f.l.p.Env["PRONTO_TOKEN"])
	if err != nil {
		return err
	}
	response, err := f.l.p.HTTP.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return status(response.StatusCode)
	}
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		data, ok := bytes.CutPrefix(lines.Bytes(), []byte("data: "))
		if !ok {
			continue
		}
		var event taskEvent
		if err := json.Unmarshal(data, &event); err != nil {
			return err
		}
		f.shown(event, after)
	}
	return lines.Err()
}

func (f *follower) shown(event taskEvent, after int64) {
	if event.ID <= after && event.Type != "completion" {
		f.faults = append(f.faults, fmt.Errorf("the task's stream showed event %d again", event.ID))
		return
	}
	f.events = append(f.events, event)
	if event.Body.Status != "" {
		f.l.moment("task %s %s", event.Body.StepID, event.Body.Status)
	}
}

// checkTask holds what was shown against what is there now.
func (f *follower) checkTask(ctx context.Context) error {
	return platform.Eventually(ctx, "events of the task", func(ctx context.Context) error {
		var now []taskEvent
		if err := f.l.portal(ctx, "/api/scaffolder/v2/tasks/"+f.l.task+"/events", &now); err != nil {
			return err
		}
		if len(f.events) == 0 {
			return errors.New("its stream showed nothing")
		}
		completions := 0
		for _, event := range now {
			if event.Type == "completion" {
				completions++
			}
		}
		if completions != 1 {
			return fmt.Errorf("%d completions, want 1", completions)
		}
		if n := len(f.events); n > len(now) || !slices.Equal(f.events, now[:n]) {
			return fmt.Errorf("shown were %+v, there are %+v", f.events, now)
		}
		return nil
	})
}

// followRun reads the run's log and steps again and again.
func (f *follower) followRun(ctx context.Context) {
	select {
	case <-ctx.Done():
		return
	case f.runID = <-f.run:
	}
	seen := map[string]bool{}
	for ctx.Err() == nil {
		if lines, err := f.readLog(ctx); err == nil {
			if !begins(lines, f.log) {
				f.faults = append(f.faults, fmt.Errorf("the run's log lost lines: it was\n%s\nand is\n%s", strings.Join(f.log, "\n"), strings.Join(lines, "\n")))
				return
			}
			f.log = lines
		}
		f.readSteps(ctx, seen)
		pause(ctx, lookEvery)
	}
}

func (f *follower) readSteps(ctx context.Context, seen map[string]bool) {
	var run struct {
		Jobs []struct {
			Status string
			Steps  []struct{ Name, Status string }
		}
	}
	if f.l.portal(ctx, fmt.Sprintf("/api/pronto/v1/apps/%s/runs/%d", f.l.Name, f.runID), &run) != nil {
		return // the portal is away
	}
	tell := func(what string) {
		if !seen[what] {
			seen[what] = true
			f.l.moment("%s", what)
		}
	}
	for _, job := range run.Jobs {
		tell("job " + job.Status)
		for _, step := range job.Steps {
			tell("step " + step.Name + " " + step.Status)
		}
	}
}

func (f *follower) readLog(ctx context.Context) ([]string, error) {
	var text bytes.Buffer
	err := f.l.p.API.RunLog(ctx, f.l.Name, f.runID, &text)
	return strings.Split(strings.TrimRight(text.String(), "\n"), "\n"), err
}

func begins(lines, with []string) bool {
	return len(with) <= len(lines) && slices.Equal(with, lines[:len(with)])
}

// checkLog holds what was shown of the run's log against what is there now.
func (f *follower) checkLog(ctx context.Context) error {
	return platform.Eventually(ctx, "log of the run", func(ctx context.Context) error {
		lines, err := f.readLog(ctx)
		if err != nil {
			return err
		}
		if !begins(lines, f.log) {
			return fmt.Errorf("shown were\n%s\nthere are\n%s", strings.Join(f.log, "\n"), strings.Join(lines, "\n"))
		}
		return nil
	})
}
