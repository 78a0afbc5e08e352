package delivery_test

import (
	"testing"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/delivery"
)

// gone waits until there is no application of that name.
func (w *world) gone(app string) {
	w.t.Helper()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	deadline := time.After(20 * time.Second)
	for {
		view, there := w.service.Get(app)
		if !there {
			return
		}
		select {
		case <-ticker.C:
		case <-deadline:
			w.t.Fatalf("%s is still there: %s, %s", app, view.Status, view.Reason)
		}
	}
}

// journalled is an application as a service finds it that starts now.
func (w *world) journalled(app string) delivery.View {
	w.t.Helper()
	next := must[*delivery.Service](w.t)(delivery.New(w.config))
	if err := next.Restore(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	view, _ := next.Get(app)
	return view
}

func (w *world) drop(task delivery.Task, madeRepository bool) {
	w.t.Helper()
	if err := w.service.DropTask(w.t.Context(), task, madeRepository); err != nil {
		w.t.Fatal(err)
	}
}

func TestAnApplicationThatWasNeverMadeGoesOnWithARetryAndLeavesWhenCleaned(t *testing.T) {
	w := newWorld(t)
	w.connect()
	defer w.serve()()
	failed := func(v delivery.View) bool {
		return v.Status == "failed" && phase(v, "create").Status == delivery.Failed
	}
	for app, madeRepository := range map[string]bool{"never": false, "half": true} {
		task := delivery.Task{ID: "task-" + app, Status: "failed", Error: "no such action", TemplateRef: "template:default/nodejs",
			CreatedAt: w.now(), Values: map[string]any{"name": app, "public": true}}
		w.observe(task)
		if view := w.journalled(app); !failed(view) {
			t.Errorf("%s was told and is journalled as %s: a kill would lose that", app, view.Status)
		}
		task.Status, task.Error = "open", "" // it is retried
		w.observe(task)
		w.until(app, "create runs again", func(v delivery.View) bool {
			return v.Status == "in_progress" && phase(v, "create").Status == delivery.Running
		})
		w.drop(task, madeRepository)              // it does not count while the task goes on
		task.Status, task.Error = "cancelled", "" // and stopped
		w.observe(task)
		w.until(app, "create failed again", failed)
		w.drop(delivery.Task{ID: "another", Values: task.Values}, true)
		if view, there := w.service.Get(app); !there || view.Deletion != nil {
			t.Errorf("a task of others took %s away: %+v", app, view.Deletion)
		}
		w.drop(task, madeRepository)
		w.gone(app)
		w.drop(task, madeRepository) // asking again is fine
	}
}

func TestAnApplicationLeavesWhenItsTaskEndedWithoutARepository(t *testing.T) {
	w := newWorld(t)
	w.connect()
	defer w.serve()()
	task := delivery.Task{ID: "task-left", Status: "processing", TemplateRef: "template:default/maybe",
		CreatedAt: w.now(), Values: map[string]any{"name": "left", "public": true}}
	w.observe(task)
	w.until("left", "create runs", func(v delivery.View) bool { return phase(v, "create").Status == delivery.Running })
	task.Status = "completed"
	w.drop(task, false)
	w.gone("left")
}
