package scaffold

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
)

func TestTwoHundredTasksAtOnceAreTakenInOrderAndEnd(t *testing.T) {
	for _, workers := range []int{1, 6} {
		t.Run(fmt.Sprintf("by %d", workers), func(t *testing.T) {
			arrived := twoHundred(t, workers)
			begun := slices.Clone(arrived)
			slices.SortStableFunc(begun, func(a, b Task) int { return a.StartedAt.Compare(b.StartedAt) })
			for i, task := range begun { // several that are taken one after the other may begin in any order
				if workers == 1 && task.ID != arrived[i].ID {
					t.Errorf("task %d to begin is %s, task %d to arrive was %s", i, task.ID, i, arrived[i].ID)
				}
			}
		})
	}
}

// twoHundred submits tasks at once, and returns them in the order of their
// arrival when they have ended.
func twoHundred(t *testing.T, workers int) []Task {
	t.Helper()
	const tasks = 200
	w := newWorld(t, small(`
    - {id: say, action: 'debug:log', input: {message: 'hello ${{ parameters.name }}'}}`))
	w.changes, w.cfg.Workers = make(chan Task, 10*tasks), workers
	s, _ := w.start(t)
	var submitted sync.WaitGroup
	for range tasks {
		submitted.Go(func() {
			if _, err := s.Create(t.Context(), CreateRequest{TemplateRef: "small", Values: map[string]any{"name": "a"}}); err != nil {
				t.Error(err)
			}
		})
	}
	submitted.Wait()
	for ended := 0; ended < tasks; {
		if task := <-w.changes; task.Ended() {
			if ended++; task.Status != StatusCompleted {
				t.Errorf("task %s is %s: %s", task.ID, task.Status, task.Error)
			}
		}
	}
	arrived, total, err := s.journal.list(t.Context(), query{order: []taskOrder{{"created_at", true}}})
	if err != nil || total != tasks {
		t.Fatalf("%d tasks, %v", total, err)
	}
	for _, task := range arrived {
		if len(task.Steps) != 1 || task.Steps[0].Status != StatusCompleted {
			t.Errorf("steps of task %s: %+v", task.ID, task.Steps)
		}
	}
	return arrived
}

func TestOnePersonsTasksDoNotKeepAnotherWaiting(t *testing.T) {
	w := newWorld(t, small(`
    - {id: wait, action: 'debug:wait', input: {seconds: '${{ parameters.seconds }}'}}`))
	w.cfg.Workers = 4
	s, _ := w.start(t)
	create := func(creator string, seconds int) string {
		task, err := s.Create(t.Context(), CreateRequest{TemplateRef: "small", CreatedBy: creator, Values: map[string]any{"name": "a", "seconds": seconds}})
		if err != nil {
			t.Fatal(err)
		}
		return task.ID
	}
	for range 8 {
		create("user:default/ana", 500)
	}
	for range 3 {
		if task := w.ended(t, create("user:default/bo", 0)); task.Status != StatusCompleted {
			t.Errorf("beside the tasks of another it is %s: %s", task.Status, task.Error)
		}
	}
	working, _, err := s.journal.list(t.Context(), query{status: []string{StatusProcessing}})
	if err != nil || len(working) != 3 {
		t.Errorf("%d tasks of ana are at work, %v; want all workers but one", len(working), err)
	}
	tasks, err := s.List(t.Context())
	for _, task := range tasks {
		err = errors.Join(err, s.Cancel(t.Context(), task.ID))
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheLineIsFairBetweenCreators(t *testing.T) {
	l := newLine(6)
	take := func(n int) (taken string) {
		for range n {
			if next, ok := l.next(); ok {
				taken += next.task
			} else {
				taken += "-"
			}
		}
		return taken
	}
	add := func(tasks, creator string) {
		for _, task := range tasks {
			l.add(string(task), creator)
		}
	}
	add("abcdefgh", "ana")
	if taken := take(6); taken != "abcde-" {
		t.Errorf("alone ana gets %s, want all but one worker in order of arrival", taken)
	}
	add("123456", "bo")
	if taken := take(1); taken != "1" {
		t.Errorf("bo's first is kept waiting: %s", taken)
	}
	var taken string
	for range 3 {
		if again := l.done("ana"); again != (taken == "") {
			t.Errorf("after %s, a turn that found none is taken again: %t", taken, again)
		}
		taken += take(1)
	}
	if taken != "23f" {
		t.Errorf("as ana's end, %s are taken; want bo's until they have half, then in order of arrival", taken)
	}
	l.done("bo")
	if taken := take(1); taken != "4" {
		t.Errorf("when one of bo's ends, %s is taken", taken)
	}
	one := newLine(1)
	one.add("a", "ana")
	if next, ok := one.next(); !ok || next.task != "a" {
		t.Error("a sole worker takes nothing")
	}
}
