package actions

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/pronto-platform/pronto/internal/estate/actions/workflow"
)

type dispatchRequest struct {
	Ref    string         `json:"ref"`
	Inputs map[string]any `json:"inputs"`
}

// dispatch starts a workflow by hand: workflow_dispatch.
func (a *Actions) dispatch(w http.ResponseWriter, r *http.Request, repo string) error {
	var request dispatchRequest
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&request); err != nil || request.Ref == "" {
		return &restError{http.StatusUnprocessableEntity, "Invalid request: \"ref\" wasn't supplied."}
	}
	if !strings.HasPrefix(request.Ref, "refs/") {
		request.Ref = "refs/heads/" + request.Ref
	}
	ctx := r.Context()
	sha, err := a.forge.resolve(ctx, repo, request.Ref)
	if err != nil {
		return &restError{http.StatusUnprocessableEntity, "No ref found for: " + request.Ref}
	}
	sources, err := a.forge.workflows(ctx, repo, sha)
	if err != nil {
		return err
	}
	told, err := a.tellDispatch(ctx, r.Header.Get("Authorization"), repo, sha)
	if err != nil {
		return err
	}
	for file, source := range sources {
		wanted := r.PathValue("workflow")
		if wanted != path.Base(file) && wanted != strconv.FormatInt(workflowID(repo, file), 10) {
			continue
		}
		if err := a.startDispatched(ctx, repo, sha, file, source, request, told); err != nil {
			return err
		}
		a.signal()
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return errNotFound
}

// dispatchTold is what a dispatch has of the forge.
type dispatchTold struct {
	repository map[string]any
	sender     map[string]any
	headCommit map[string]any // not of the event itself, but of what is told of its run
}

// tellDispatch asks the forge, in the caller's name, what the event says.
func (a *Actions) tellDispatch(ctx context.Context, authorization, repo, sha string) (told dispatchTold, err error) {
	var head struct {
		Commit struct {
			Message   string         `json:"message"`
			Author    map[string]any `json:"author"`
			Committer map[string]any `json:"committer"`
		} `json:"commit"`
	}
	for address, into := range map[string]any{a.apiRepo(repo): &told.repository, a.apiRepo(repo) + "/commits/" + sha: &head} {
		status, err := a.readAs(ctx, authorization, address, into)
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("status %d", status)
		}
		if err != nil {
			return told, fmt.Errorf("read %s: %w", address, err)
		}
	}
	told.headCommit = map[string]any{"id": sha, "message": head.Commit.Message, "author": head.Commit.Author, "timestamp": head.Commit.Committer["date"]}
	status, err := a.readAs(ctx, authorization, a.web()+"/api/v3/user", &told.sender)
	if err != nil {
		return told, fmt.Errorf("read the caller: %w", err)
	}
	if status != http.StatusOK { // a job's token is nobody's
		told.sender = map[string]any{"login": "github-actions[bot]", "type": "Bot"}
	}
	return told, nil
}

func (a *Actions) startDispatched(ctx context.Context, repo, sha, file, source string, request dispatchRequest, told dispatchTold) error {
	wf, err := workflow.Parse(file, []byte(source))
	if err == nil && !wf.Dispatchable() {
		err = fmt.Errorf("Workflow does not have 'workflow_dispatch' trigger") //nolint:staticcheck // GitHub's words
	}
	if err != nil {
		return &restError{http.StatusUnprocessableEntity, err.Error()}
	}
	payload := mustJSON(map[string]any{"ref": request.Ref, "inputs": request.Inputs, "workflow": file,
		"repository": told.repository, "sender": told.sender, headCommitKey: told.headCommit})
	actor, _ := told.sender["login"].(string)
	r := &run{Key: "dispatch " + uuid.NewString(), Repo: repo, Path: file, Name: wf.Name(), Source: source, Event: "workflow_dispatch",
		Payload: []byte(payload), Inputs: mustJSON(request.Inputs), Ref: request.Ref, SHA: sha, Title: wf.Name(), Actor: actor}
	if err := a.readVariables(ctx, r); err != nil {
		return err
	}
	id, _ := told.repository["id"].(float64)
	return a.inTx(ctx, func(tx *sql.Tx) error {
		if deleted, err := gone(ctx, tx, int64(id)); err != nil || deleted {
			return errors.Join(err, errNotFound)
		}
		return a.insertRun(ctx, tx, r, wf, nil)
	})
}

// resolve is the commit that a ref names.
func (f *forge) resolve(ctx context.Context, repo, ref string) (string, error) {
	client, err := f.as(ctx, repo)
	if err != nil {
		return "", err
	}
	owner, name, _ := strings.Cut(repo, "/")
	found, _, err := client.Git.GetRef(ctx, owner, name, ref)
	if err != nil {
		return "", fmt.Errorf("ref %s of %s: %w", ref, repo, err)
	}
	return found.GetObject().GetSHA(), nil
}
