package scaffold

import (
	"encoding/json"
	"slices"
	"sync"
	"testing"
)

func TestTwoHundredTasksAtOnceAreTakenInOrderAndEnd(t *testing.T) {
	const tasks = 200
	w := newWorld(t, small(`
    - {id: say, action: 'debug:log', input: {message: 'hello ${{ parameters.name }}'}}`))
	w.changes = make(chan Task, 10*tasks)
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
	var order []string
	for _, task := range arrived {
		order = append(order, task.ID)
		if len(task.Steps) != 1 || task.Steps[0].Status != StatusCompleted {
			t.Errorf("steps of task %s: %+v", task.ID, task.Steps)
		}
	}
	if taken := takenOrder(t, w); !slices.Equal(taken, order) {
		t.Errorf("tasks were not taken in the order of their arrival:\n%v\n%v", taken, order)
	}
}

// takenOrder are the tasks' ids in the order in which the queue gave them out.
func takenOrder(t *testing.T, w *world) []string {
	t.Helper()
	rows, err := w.cfg.DB.QueryContext(t.Context(), `SELECT json(args) FROM river_job ORDER BY attempted_at, id`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var text string
		var args taskArgs
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(text), &args); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, args.ID)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return ids
}
