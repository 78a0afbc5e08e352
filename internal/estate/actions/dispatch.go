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

	"github.com/google/go-github/v74/github"
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
	about, err := a.forge.repository(ctx, repo)
	if err != nil {
		return err
	}
	sources, err := a.forge.workflows(ctx, repo, sha)
	if err != nil {
		return err
	}
	for file, source := range sources {
		wanted := r.PathValue("workflow")
		if wanted != path.Base(file) && wanted != strconv.FormatInt(workflowID(repo, file), 10) {
			continue
		}
		if err := a.startDispatched(ctx, about, sha, file, source, request); err != nil {
			return err
		}
		a.signal()
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return errNotFound
}

func (a *Actions) startDispatched(ctx context.Context, repo *github.Repository, sha, file, source string, request dispatchRequest) error {
	wf, err := workflow.Parse(file, []byte(source))
	if err == nil && !wf.Dispatchable() {
		err = fmt.Errorf("Workflow does not have 'workflow_dispatch' trigger") //nolint:staticcheck // GitHub's words
	}
	if err != nil {
		return &restError{http.StatusUnprocessableEntity, err.Error()}
	}
	payload := mustJSON(map[string]any{"ref": request.Ref, "inputs": request.Inputs, "workflow": file, "repository": repo})
	r := &run{Key: "dispatch " + uuid.NewString(), Repo: repo.GetFullName(), Path: file, Name: wf.Name(), Source: source, Event: "workflow_dispatch",
		Payload: []byte(payload), Inputs: mustJSON(request.Inputs), Ref: request.Ref, SHA: sha, Title: wf.Name()}
	if err := a.readVariables(ctx, r); err != nil {
		return err
	}
	return a.inTx(ctx, func(tx *sql.Tx) error {
		if deleted, err := gone(ctx, tx, repo.GetID()); err != nil || deleted {
			return errors.Join(err, errNotFound)
		}
		return a.insertRun(ctx, tx, r, wf, nil)
	})
}

// repository is what the forge says of a repository.
func (f *forge) repository(ctx context.Context, repo string) (*github.Repository, error) {
	client, err := f.as(ctx, repo)
	if err != nil {
		return nil, err
	}
	owner, name, _ := strings.Cut(repo, "/")
	found, _, err := client.Repositories.Get(ctx, owner, name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", repo, err)
	}
	return found, nil
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
