package delivery

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/go-github/v74/github"
	corev1 "k8s.io/api/core/v1"

	"github.com/pronto-platform/pronto/internal/platform/delivery/timeline"
)

// recorded is a step of a delivery as the journal keeps it.
type recorded struct {
	delivery string
	key      string
	body     []byte
}

// recorder keeps the steps of the latest delivery: what was seen once stays,
// after the pods and the logs it came from are gone.
type recorder struct {
	delivery string
	seen     map[string]timeline.Step
	kept     map[string][]byte // as journalled, by key
	late     bool              // something was seen that is not journalled
}

// lateSteps is how long after its end a delivery's steps are still watched.
const lateSteps = time.Minute

// maxPods bounds the pods of one delivery that are recorded.
const maxPods = 20

// watchSteps records what is seen of a delivery now.
func (t *tracker) watchSteps(ctx context.Context, d Delivery) {
	if !t.steps.of(ctx, t.s.journal, d.ID) {
		return
	}
	now := t.s.cfg.Clock()
	switch run := t.facts.Run; {
	case d.FinishedAt == nil || now.Sub(*d.FinishedAt) < lateSteps:
		t.steps.see(factSteps(&d, t.facts, now)...)
		t.steps.see(t.clusterSteps(&d, now)...)
	case run != nil && run.ID != t.facts.RunRecorded:
		t.steps.see(runSteps(run)...)
	}
	if t.facts.Run != nil && t.facts.Run.JobsFinal {
		t.facts.RunRecorded = t.facts.Run.ID
	} else if t.facts.Run == nil && t.steps.hasRun(d.RunID) {
		t.facts.RunRecorded = d.RunID
	}
}

// clusterSteps are the sync operation and the pods that belong to a delivery.
func (t *tracker) clusterSteps(d *Delivery, now time.Time) []timeline.Step {
	p := d.Phase(Sync)
	if p.StartedAt == nil {
		return nil
	}
	var steps []timeline.Step
	if op := operationOf(t.s.cluster.find(t.s.names.Repository(t.app.Name))); op != nil && t.contains(op.SyncResult.Revision) {
		steps = syncSteps(op)
	}
	if t.facts.Rollout == nil {
		return steps
	}
	pods := slices.DeleteFunc(t.s.cluster.pods(t.app.Name), func(pod *corev1.Pod) bool {
		created := pod.CreationTimestamp.Time
		return digestOf(pod.Spec) != t.facts.Rollout.Digest || created.Before(d.StartedAt.Truncate(time.Second)) ||
			(p.FinishedAt != nil && created.After(*p.FinishedAt))
	})
	slices.SortFunc(pods, func(a, b *corev1.Pod) int { return strings.Compare(a.Name, b.Name) })
	return append(steps, rolloutSteps(t.facts.Rollout, pods[:min(len(pods), maxPods)], deployedDigest(d, t.facts), now)...)
}

// flush journals what was seen since the last change of the delivery. What
// cannot be written is kept for the next time.
func (t *tracker) flush(ctx context.Context) {
	if t.d == nil {
		return
	}
	steps := t.steps.pending(t.d)
	if len(steps) == 0 {
		return
	}
	if err := t.s.journal.saveSteps(ctx, steps); err != nil {
		t.log.Warn("cannot journal steps", "delivery", t.d.ID, "error", err)
		return
	}
	t.steps.keep(steps)
}

// of makes the recorder that of a delivery; false when what the journal has of
// it cannot be read now.
func (r *recorder) of(ctx context.Context, j journal, delivery string) bool {
	if r.delivery == delivery {
		return true
	}
	steps, err := j.steps(ctx, delivery)
	if err != nil {
		return false
	}
	*r = recorder{delivery: delivery, seen: map[string]timeline.Step{}, kept: map[string][]byte{}}
	for _, s := range steps {
		r.seen[s.Key] = s
		if body, err := json.Marshal(s); err == nil {
			r.kept[s.Key] = body
		}
	}
	return true
}

// see takes steps. What only observation dates keeps the times of its first
// sight; a rollout that is over stays so.
func (r *recorder) see(steps ...timeline.Step) {
	for _, s := range steps {
		if old, ok := r.seen[s.Key]; ok {
			switch s.Kind {
			case timeline.KindRepository, timeline.KindEntity, timeline.KindImage, timeline.KindCommit,
				timeline.KindRecord, timeline.KindCertificate, timeline.KindTarget:
				continue
			case timeline.KindRollout:
				if old.End != nil {
					continue
				}
				s.Start = old.Start
			}
		}
		r.seen[s.Key], r.late = s, true
	}
}

// pending are the steps of d that differ from what the journal has.
func (r *recorder) pending(d *Delivery) []recorded {
	if d == nil || r.delivery != d.ID || !r.late {
		return nil
	}
	var list []recorded
	for key, s := range r.seen {
		body, err := json.Marshal(s)
		if err == nil && !bytes.Equal(body, r.kept[key]) {
			list = append(list, recorded{d.ID, key, body})
		}
	}
	r.late = len(list) > 0
	return list
}

// keep notes what was journalled.
func (r *recorder) keep(steps []recorded) {
	for _, s := range steps {
		if s.delivery == r.delivery {
			r.kept[s.key] = s.body
			r.late = false
		}
	}
}

// hasRun reports whether a run was recorded to its end.
func (r *recorder) hasRun(id int64) bool {
	prefix := fmt.Sprintf("run/%d/", id)
	for key, s := range r.seen {
		if strings.HasPrefix(key, prefix) && s.Kind == timeline.KindJob && s.End != nil {
			return true
		}
	}
	return false
}

// jobsLate is how long after a run's end its jobs may still be told as going on.
const jobsLate = time.Minute

// takeJobs keeps a run's jobs as the forge told them.
func (r *RunFact) takeJobs(list []*github.WorkflowJob, now time.Time) {
	open := false
	r.Jobs = make([]Job, 0, len(list))
	for _, j := range list {
		r.Jobs = append(r.Jobs, jobOf(j))
		open = open || j.GetStatus() != "completed"
	}
	r.JobsFinal = r.Status == "completed" && (!open || now.Sub(r.FinishedAt) > jobsLate)
}

// keepJobs takes the jobs of the same attempt that an event does not tell. A
// rerun is recorded anew.
func (t *tracker) keepJobs(run *RunFact) {
	before := t.facts.Run
	switch {
	case before == nil:
	case before.ID != run.ID || before.Attempt != run.Attempt:
		t.facts.RunRecorded = 0
	case run.Jobs == nil:
		run.Jobs, run.JobsFinal = before.Jobs, before.JobsFinal && run.Status == "completed"
	}
}

// missRun ends the search for the jobs of a run that the forge has no more.
func (t *tracker) missRun(run *RunFact, err error) {
	if run == nil && err == nil {
		t.facts.RunRecorded = t.d.RunID
		t.app.Workflow = withoutWorkflow(t.app.Workflow, *t.d)
	}
}

// planRecord looks once more at a run that ended, for its jobs' last words.
func planRecord(looks map[string]pace, d *Delivery, f Facts) {
	if _, planned := looks[lookRun]; planned || d.RunID == 0 || d.RunID == f.RunRecorded || !settled(d.Phase(Build)) {
		return
	}
	switch {
	case f.Run == nil:
		looks[lookRun] = rare
	case f.Run.Status == "completed" && !f.Run.JobsFinal:
		looks[lookRun] = patient
	}
}

// steps are what was recorded of a delivery.
func (j journal) steps(ctx context.Context, delivery string) ([]timeline.Step, error) {
	rows, err := j.db.QueryContext(ctx, `SELECT body FROM delivery_steps WHERE delivery_id = ? ORDER BY key`, delivery)
	if err != nil {
		return nil, fmt.Errorf("delivery: read steps: %w", err)
	}
	defer rows.Close()
	list := []timeline.Step{}
	for rows.Next() {
		var body []byte
		var s timeline.Step
		if err := rows.Scan(&body); err != nil {
			return nil, fmt.Errorf("delivery: read steps: %w", err)
		}
		if err := json.Unmarshal(body, &s); err != nil {
			return nil, fmt.Errorf("delivery: read a step: %w", err)
		}
		list = append(list, s)
	}
	return list, rows.Err()
}

type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

func (j journal) saveSteps(ctx context.Context, steps []recorded) error {
	tx, err := j.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("delivery: save steps: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	if err := writeSteps(ctx, tx, steps); err != nil {
		return fmt.Errorf("delivery: save steps: %w", err)
	}
	return tx.Commit()
}

func writeSteps(ctx context.Context, db execer, steps []recorded) error {
	for _, s := range steps {
		if _, err := db.ExecContext(ctx, `INSERT INTO delivery_steps (delivery_id, key, body) VALUES (?, ?, ?)
			ON CONFLICT (delivery_id, key) DO UPDATE SET body = excluded.body`, s.delivery, s.key, s.body); err != nil {
			return err
		}
	}
	return nil
}
