package actions

import (
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"path"
	"slices"
	"strconv"

	"github.com/google/go-github/v74/github"
)

// Handler serves the forge's events, the runners and GitHub's REST.
func (a *Actions) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /_services/actions/webhook", a.webhook)
	mux.HandleFunc("POST "+runnerService+"/acquire", a.acquire)
	mux.HandleFunc("POST "+runnerService+"/report", a.report)
	mux.HandleFunc("GET /_services/actions/logs/{kind}/{id}", a.serveLog)
	const repo = "/api/v3/repos/{owner}/{repo}/actions/"
	mux.HandleFunc("GET "+repo+"workflows", a.reading(a.listWorkflows))
	mux.HandleFunc("POST "+repo+"workflows/{workflow}/dispatches", a.writing(a.dispatch))
	mux.HandleFunc("GET "+repo+"runs", a.reading(a.listRuns))
	mux.HandleFunc("GET "+repo+"workflows/{workflow}/runs", a.reading(a.listRuns))
	mux.HandleFunc("GET "+repo+"runs/{id}", a.reading(a.getRun))
	mux.HandleFunc("GET "+repo+"runs/{id}/jobs", a.reading(a.listJobs))
	mux.HandleFunc("GET "+repo+"runs/{id}/logs", a.reading(a.runLogs))
	mux.HandleFunc("POST "+repo+"runs/{id}/cancel", a.writing(a.cancelRun))
	mux.HandleFunc("POST "+repo+"runs/{id}/rerun", a.writing(a.rerun))
	mux.HandleFunc("GET "+repo+"jobs/{id}", a.reading(a.getJob))
	mux.HandleFunc("GET "+repo+"jobs/{id}/logs", a.reading(a.jobLogs))
	return mux
}

func writeJSON(w http.ResponseWriter, code int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(body) // the client may have gone
}

func (a *Actions) fail(w http.ResponseWriter, err error) {
	code, text := http.StatusInternalServerError, "Server Error"
	var refused *restError
	switch {
	case errors.As(err, &refused):
		code, text = refused.code, refused.text
	case errors.Is(err, errNotFound):
		code, text = http.StatusNotFound, "Not Found"
	default:
		a.log.Error("REST", "error", err)
	}
	writeJSON(w, code, map[string]string{"message": text, "status": strconv.Itoa(code),
		"documentation_url": "https://docs.github.com/rest/actions"})
}

// restError is an answer other than success.
type restError struct {
	code int
	text string
}

func (e *restError) Error() string { return e.text }

type handler func(w http.ResponseWriter, r *http.Request, repo string) error

func (a *Actions) reading(h handler) http.HandlerFunc { return a.guarded(h, false) }
func (a *Actions) writing(h handler) http.HandlerFunc { return a.guarded(h, true) }

func (a *Actions) guarded(h handler, write bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		repo := r.PathValue("owner") + "/" + r.PathValue("repo")
		err := a.allowed(r.Context(), r.Header.Get("Authorization"), repo, write)
		if err == nil {
			err = h(w, r, repo)
		}
		if err != nil {
			a.fail(w, err)
		}
	}
}

func (a *Actions) listWorkflows(w http.ResponseWriter, r *http.Request, repo string) error {
	type named struct{ path, name string }
	list, err := all(r.Context(), a.db, func(row scanner) (*named, error) {
		var n named
		return &n, row.Scan(&n.path, &n.name)
	}, `SELECT path, name FROM runs WHERE repo = ? GROUP BY path HAVING id = MAX(id) ORDER BY path`, repo)
	if err != nil {
		return err
	}
	shapes := []*github.Workflow{}
	for _, n := range list {
		shapes = append(shapes, &github.Workflow{ID: new(workflowID(repo, n.path)), Name: new(n.name), Path: new(n.path), State: new("active")})
	}
	writeJSON(w, http.StatusOK, map[string]any{"total_count": len(shapes), "workflows": shapes})
	return nil
}

func (a *Actions) listRuns(w http.ResponseWriter, r *http.Request, repo string) error {
	q := r.URL.Query()
	page, size := paging(r)
	where := ` FROM runs WHERE repo = ? AND (? = '' OR sha = ?) AND (? = '' OR ref = 'refs/heads/' || ?) AND (? = '' OR event = ?)
		AND (? = '' OR status = ? OR conclusion = ?) AND (? = '' OR actor = ?)`
	sha, branch, event, state, actor := q.Get("head_sha"), q.Get("branch"), q.Get("event"), q.Get("status"), q.Get("actor")
	args := []any{repo, sha, sha, branch, branch, event, event, state, state, state, actor, actor}
	runs, err := all(r.Context(), a.db, scanRun, `SELECT `+runColumns+where+` ORDER BY id DESC`, args...)
	if err != nil {
		return err
	}
	if wanted := r.PathValue("workflow"); wanted != "" {
		runs = slices.DeleteFunc(runs, func(item *run) bool {
			return wanted != path.Base(item.Path) && wanted != strconv.FormatInt(workflowID(repo, item.Path), 10)
		})
	}
	from := min((page-1)*size, len(runs))
	shapes := []*github.WorkflowRun{}
	for _, item := range runs[from:min(from+size, len(runs))] {
		shapes = append(shapes, a.runShape(item))
	}
	writeJSON(w, http.StatusOK, map[string]any{"total_count": len(runs), "workflow_runs": shapes})
	return nil
}

// paging reads page (from 1) and per_page (30, at most 100).
func paging(r *http.Request) (page, size int) {
	page, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || page < 1 {
		page = 1
	}
	size, err = strconv.Atoi(r.URL.Query().Get("per_page"))
	if err != nil || size < 1 {
		size = 30
	}
	return page, min(size, 100)
}

func (a *Actions) findRun(r *http.Request, repo string) (*run, error) {
	return scanRun(a.db.QueryRowContext(r.Context(), `SELECT `+runColumns+` FROM runs WHERE id = ? AND repo = ?`, r.PathValue("id"), repo))
}

func (a *Actions) findJob(r *http.Request, repo string) (*run, *job, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return nil, nil, errNotFound
	}
	owner, j, err := a.jobAndRun(r.Context(), a.db, id)
	if err == nil && owner.Repo != repo {
		err = errNotFound
	}
	return owner, j, err
}

func (a *Actions) getRun(w http.ResponseWriter, r *http.Request, repo string) error {
	found, err := a.findRun(r, repo)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, a.runShape(found))
	return nil
}

func (a *Actions) listJobs(w http.ResponseWriter, r *http.Request, repo string) error {
	found, err := a.findRun(r, repo)
	if err != nil {
		return err
	}
	jobs, err := a.jobsOf(r.Context(), a.db, found)
	if err != nil {
		return err
	}
	shapes := []*github.WorkflowJob{}
	for _, j := range jobs {
		shape, err := a.jobShape(r.Context(), a.db, found, j)
		if err != nil {
			return err
		}
		shapes = append(shapes, shape)
	}
	writeJSON(w, http.StatusOK, map[string]any{"total_count": len(shapes), "jobs": shapes})
	return nil
}

func (a *Actions) getJob(w http.ResponseWriter, r *http.Request, repo string) error {
	owner, j, err := a.findJob(r, repo)
	if err != nil {
		return err
	}
	shape, err := a.jobShape(r.Context(), a.db, owner, j)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, shape)
	return nil
}

func (a *Actions) cancelRun(w http.ResponseWriter, r *http.Request, repo string) error {
	found, err := a.findRun(r, repo)
	if err != nil {
		return err
	}
	if found.Status == statusCompleted {
		return &restError{http.StatusConflict, "Cannot cancel a workflow run that is completed."}
	}
	if _, err := a.db.ExecContext(r.Context(), `UPDATE runs SET cancelled = 1 WHERE id = ?`, found.ID); err != nil {
		return err
	}
	a.signal()
	writeJSON(w, http.StatusAccepted, struct{}{})
	return nil
}

// rerun makes a new attempt of a run that is over.
func (a *Actions) rerun(w http.ResponseWriter, r *http.Request, repo string) error {
	found, err := a.findRun(r, repo)
	if err != nil {
		return err
	}
	if found.Status != statusCompleted || found.Conclusion == startupFailure {
		return &restError{http.StatusForbidden, "This workflow run cannot be rerun: it is not over, or its file is not valid."}
	}
	ctx := r.Context()
	if err := a.readVariables(ctx, found); err != nil {
		return err
	}
	if err := a.inTx(ctx, func(tx *sql.Tx) error { return a.nextAttempt(ctx, tx, found) }); err != nil {
		return err
	}
	a.signal()
	writeJSON(w, http.StatusCreated, struct{}{})
	return nil
}
