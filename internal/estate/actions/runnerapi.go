package actions

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/pronto-platform/pronto/internal/estate/actions/protocol"
	"github.com/pronto-platform/pronto/internal/estate/actions/workflow"
)

const (
	acquireHold = 25 * time.Second // how long a runner without a job is kept waiting
	reportMost  = 32 << 20         // bytes
)

var errOtherInstance = errors.New("the token serves another runner")

// acquire hands the caller its job, waiting for one for a while.
func (a *Actions) acquire(w http.ResponseWriter, r *http.Request) {
	var request protocol.AcquireRequest
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4096)).Decode(&request); err != nil || request.Instance == "" {
		http.Error(w, "want {\"instance\": ...}", http.StatusBadRequest)
		return
	}
	hold := time.After(acquireHold)
	for {
		changed := a.changed.wait()
		assignment, err := a.assign(r.Context(), bearer(r), request.Instance)
		if err != nil {
			a.runnerError(w, err)
			return
		}
		if assignment != nil {
			a.signal() // a warm runner may have to be replaced
			writeJSON(w, http.StatusOK, assignment)
			return
		}
		select {
		case <-changed:
		case <-hold:
			w.WriteHeader(http.StatusNoContent)
			return
		case <-r.Context().Done():
			return
		}
	}
}

func bearer(r *http.Request) string {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return token
}

func (a *Actions) runnerError(w http.ResponseWriter, err error) {
	switch {
	case errors.Is(err, errNotFound):
		http.Error(w, "there is no such runner", http.StatusGone)
	case errors.Is(err, errOtherInstance):
		http.Error(w, err.Error(), http.StatusConflict)
	default:
		a.log.Error("runner protocol", "error", err)
		http.Error(w, "internal error", http.StatusInternalServerError)
	}
}

// runnerOf authenticates: the token is bound to the first process that used it.
func (a *Actions) runnerOf(ctx context.Context, q querier, token, instance string) (*runnerRow, error) {
	row, err := scanRunner(q.QueryRowContext(ctx, `SELECT `+runnerColumns+` FROM runners WHERE token_hash = ?`, hash(token)))
	if err != nil {
		return nil, err
	}
	if row.Instance == "" {
		_, err = q.ExecContext(ctx, `UPDATE runners SET instance = ? WHERE name = ?`, instance, row.Name)
		return row, err
	}
	if row.Instance != instance {
		return nil, errOtherInstance
	}
	return row, nil
}

// assign returns nil while the runner has no job. Asking again gives the same
// job: the first answer may have been lost.
func (a *Actions) assign(ctx context.Context, token, instance string) (*protocol.Assignment, error) {
	var r *run
	var j *job
	var siblings []*job
	err := a.inTx(ctx, func(tx *sql.Tx) error {
		row, err := a.runnerOf(ctx, tx, token, instance)
		if err != nil || row.JobID == 0 {
			return err
		}
		if r, j, err = a.jobAndRun(ctx, tx, row.JobID); err != nil {
			return err
		}
		if j.Status == statusQueued {
			err = a.startJob(ctx, tx, r, j)
		}
		if err == nil {
			siblings, err = a.jobsOf(ctx, tx, r)
		}
		return err
	})
	if err != nil || j == nil {
		return nil, err
	}
	return a.assignment(ctx, r, j, siblings)
}

// defaultPermissions of GITHUB_TOKEN when a workflow names none.
var defaultPermissions = map[string]string{"contents": "write", "packages": "write", "statuses": "write"}

func (a *Actions) assignment(ctx context.Context, r *run, j *job, siblings []*job) (*protocol.Assignment, error) {
	wf, err := workflow.Parse(r.Path, []byte(r.Source))
	if err != nil {
		return nil, err
	}
	permissions, named := wf.Permissions(j.Key)
	if !named {
		permissions = defaultPermissions
	}
	token, err := a.forge.mint(ctx, r.Repo, permissions)
	if err != nil {
		return nil, err
	}
	github, err := a.githubContext(r)
	if err != nil {
		return nil, err
	}
	github.Token = token.GetToken()
	needs := needsContext(wf.Model.Jobs[j.Key].Needs(), jobsByKey(tolerant(wf, siblings)), outputsOf)
	given, err := a.jobValues(ctx, r, j, wf, needs)
	if err != nil {
		return nil, err
	}
	out := &protocol.Assignment{JobID: j.ID, RunID: r.ID, Key: j.Key, Name: j.Name, WorkflowPath: r.Path, Source: r.Source,
		GitHub: *github, Vars: given.Variables, Secrets: given.Secrets, CA: string(a.cfg.CA), Resolve: a.resolve(), Needs: needs}
	if a.cfg.BuildKit.Address != "" {
		out.BuildKit = &a.cfg.BuildKit
	}
	if err := json.Unmarshal([]byte(j.Matrix), &out.Matrix); err != nil {
		return nil, fmt.Errorf("job %d: matrix: %w", j.ID, err)
	}
	return out, json.Unmarshal([]byte(r.Inputs), &out.Inputs)
}

// resolve maps the platform's names to the gateway for git.
func (a *Actions) resolve() []string {
	if a.cfg.GatewayIP == "" {
		return nil
	}
	var entries []string
	for _, host := range a.cfg.Hosts {
		entries = append(entries, host+":"+port(a.cfg.URL)+":"+a.cfg.GatewayIP)
	}
	return entries
}

func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "http":
		return "80"
	default:
		return "443"
	}
}

// report stores events that are new and answers what is stored.
func (a *Actions) report(w http.ResponseWriter, r *http.Request) {
	var report protocol.Report
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, reportMost)).Decode(&report); err != nil {
		http.Error(w, "the report cannot be read: "+err.Error(), http.StatusBadRequest)
		return
	}
	var answer protocol.ReportAnswer
	var ended bool
	ctx := r.Context()
	err := a.inTx(ctx, func(tx *sql.Tx) error {
		row, err := a.runnerOf(ctx, tx, bearer(r), report.Instance)
		if err != nil {
			return err
		}
		a.heartbeats.beat(row.Name, a.cfg.Clock())
		run, j, err := a.jobAndRun(ctx, tx, row.JobID)
		if err != nil {
			return err
		}
		if err := a.store(ctx, tx, run, j, report.Events); err != nil {
			return err
		}
		if j.Status == statusCompleted {
			a.spare.rest(row.Name) // before anybody can see that it has no job
			ended = true
		}
		answer = protocol.ReportAnswer{LastSeq: j.LastSeq, Cancelled: run.Cancelled}
		return nil
	})
	if err != nil {
		a.runnerError(w, err)
		return
	}
	writeJSON(w, http.StatusOK, answer)
	if ended {
		a.signal()
	}
}

func (a *Actions) store(ctx context.Context, tx *sql.Tx, r *run, j *job, events []protocol.Event) error {
	var done *protocol.Result
	for _, e := range events {
		if e.Seq <= j.LastSeq {
			continue
		}
		if e.Seq != j.LastSeq+1 {
			return fmt.Errorf("job %d: event %d came after %d", j.ID, e.Seq, j.LastSeq)
		}
		j.LastSeq = e.Seq
		if err := storeEvent(ctx, tx, j, e); err != nil {
			return err
		}
		if e.Done != nil {
			done = e.Done
		}
	}
	if _, err := tx.ExecContext(ctx, `UPDATE jobs SET last_seq = ? WHERE id = ?`, j.LastSeq, j.ID); err != nil {
		return err
	}
	if done == nil {
		return nil
	}
	j.Outputs = mustJSON(done.Outputs)
	return a.endJob(ctx, tx, r, j, done.Conclusion, "")
}

func storeEvent(ctx context.Context, tx *sql.Tx, j *job, e protocol.Event) error {
	at := e.Time.UnixNano()
	if e.Line != nil {
		_, err := tx.ExecContext(ctx, `INSERT INTO lines (job_id, seq, step, time, text) VALUES (?, ?, ?, ?, ?)`, j.ID, e.Seq, e.Step, at, *e.Line)
		return err
	}
	if e.Set == nil {
		return nil
	}
	completed := int64(0)
	if e.Set.Status == statusCompleted {
		completed = at
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO steps (job_id, number, name, status, conclusion, started, completed) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (job_id, number) DO UPDATE SET name = excluded.name, status = excluded.status, conclusion = excluded.conclusion,
		completed = excluded.completed`, j.ID, e.Step, e.Set.Name, e.Set.Status, e.Set.Conclusion, at, completed)
	return err
}
