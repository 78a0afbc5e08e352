package action

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strconv"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/fault"
	"github.com/pronto-platform/pronto/internal/platform/scm"
)

func pullRequest(h *Host) Action {
	return h.repositoryAction(Action{
		ID:          "publish:github:pull-request",
		Description: "Pushes the workspace to a branch of a repository that is there, and asks to merge it.",
		Schema: Schema{
			Input: object([]string{"branchName", "title", "description"}, map[string]any{
				"branchName":       property("string", "Branch that is made."),
				"targetBranchName": property("string", "Branch to merge into; default: the repository's default branch."),
				"title":            property("string", "Of the pull request."),
				"description":      property("string", "Of the pull request."),
				"draft":            property("boolean", "Default false."),
				"sourcePath":       property("string", "Part of the workspace; default all."),
				"targetPath":       property("string", "Where in the repository; default its root."),
				"commitMessage":    property("string", "Default: the title."),
				"update":           property("boolean", "Change the branch if it is there; default false."),
				"reviewers":        listOf(property("string", ""), "Logins."),
				"teamReviewers":    listOf(property("string", ""), "Slugs."),
			}),
			Output: object(nil, map[string]any{
				"targetBranchName":  property("string", "Branch to merge into."),
				"remoteUrl":         property("string", "Address of the pull request."),
				"pullRequestNumber": property("number", "Of the pull request."),
			}),
		},
		Examples: []Sample{{"Add the workspace to a monorepo", `
- id: pr
  action: publish:github:pull-request
  input:
    repoUrl: ${{ parameters.repoUrl }}
    branchName: add-${{ parameters.name }}
    title: Add ${{ parameters.name }}
    description: Made by a template.
    targetPath: services/${{ parameters.name }}
`}},
	}, h.requestPull)
}

// requestPull looks first for a request that a run which was cut off has made;
// a forge without pull requests is left as it was.
func (h *Host) requestPull(ctx context.Context, c *Call, r repository, input map[string]any) error {
	branch := text(input, "branchName", "")
	request := part(KindPullRequest, r, branch, branch)
	open, there, err := h.find(ctx, request)
	if err != nil {
		return err
	}
	target, err := h.target(ctx, r, input)
	if err != nil {
		return err
	}
	if err := h.pushBranch(ctx, c, r, branch, target, there || flag(input, "update"), input); err != nil {
		return err
	}
	if there {
		request.ID, request.URL = fmt.Sprint(open.Number), open.URL
		err = c.claim(ctx, request)
	} else {
		request, err = c.make(ctx, request, func(ctx context.Context) (id, address string, err error) {
			var made found
			err = h.ask(ctx, "create a pull request of "+r.String(), http.MethodPost, r.path("pulls"), map[string]any{
				"title": input["title"], "body": input["description"], "head": branch, "base": target, "draft": flag(input, "draft")}, &made)
			return fmt.Sprint(made.Number), made.URL, err
		})
	}
	if err != nil {
		return err
	}
	if err := h.requestReviews(ctx, r, request.ID, input); err != nil {
		return err
	}
	number, err := strconv.ParseInt(request.ID, 10, 64)
	c.Output["targetBranchName"], c.Output["remoteUrl"], c.Output["pullRequestNumber"] = target, request.URL, number
	return err
}

// target is the branch to merge into.
func (h *Host) target(ctx context.Context, r repository, input map[string]any) (string, error) {
	if target := text(input, "targetBranchName", ""); target != "" {
		return target, nil
	}
	found, err := h.SCM.Repository(ctx, r.owner, r.name)
	return found.GetDefaultBranch(), err
}

func (h *Host) requestReviews(ctx context.Context, r repository, number string, input map[string]any) error {
	people, teams := texts(input, "reviewers"), texts(input, "teamReviewers")
	if len(people)+len(teams) == 0 {
		return nil
	}
	return h.ask(ctx, "ask for reviews", http.MethodPost, r.path("pulls", number, "requested_reviewers"),
		map[string]any{"reviewers": append([]string{}, people...), "team_reviewers": append([]string{}, teams...)}, nil)
}

// pushBranch pushes the workspace on top of the target. A branch that is there
// already is changed only where that is asked for, or if this task has made it.
func (h *Host) pushBranch(ctx context.Context, c *Call, r repository, branch, target string, change bool, input map[string]any) error {
	base, err := h.SCM.Branch(ctx, r.owner, r.name, target)
	if err != nil {
		return err
	}
	there, err := h.SCM.Branch(ctx, r.owner, r.name, branch)
	if err != nil && !errors.Is(err, scm.ErrNotFound) {
		return err
	}
	sha, err := h.commitOn(ctx, c, r, base, input)
	if err != nil {
		return err
	}
	pushed := part(KindBranch, r, branch, branch)
	noted, intended, err := c.Ledger.Find(ctx, pushed.Kind, pushed.Name)
	if err != nil {
		return err
	}
	mine := intended && there != "" && there == noted.Commit
	pushed.Commit = sha
	switch {
	case there == "":
		return h.createBranch(ctx, c, r, branch, pushed)
	case there != sha && !change && !mine:
		return fault.Conflictf("Branch %s of %s exists already; update: true changes it", branch, r)
	case there != sha:
		err := h.ask(ctx, "commit to "+r.String(), http.MethodPatch, r.branchPath(branch), map[string]any{"sha": sha, "force": true}, nil)
		if err != nil || !mine {
			return err
		}
	case !mine:
		return nil
	}
	pushed.ID = branch
	return c.Ledger.Made(ctx, pushed)
}

func (h *Host) createBranch(ctx context.Context, c *Call, r repository, branch string, pushed Thing) error {
	_, err := c.make(ctx, pushed, func(ctx context.Context) (id, address string, err error) {
		return branch, "", h.ask(ctx, "commit to "+r.String(), http.MethodPost, r.path("git", "refs"),
			map[string]any{"ref": "refs/heads/" + branch, "sha": pushed.Commit}, nil)
	})
	return err
}

// commitOn commits the workspace on top of another commit, by GitHub's API.
// The commit depends on the task alone: made again, it is the same.
func (h *Host) commitOn(ctx context.Context, c *Call, r repository, base string, input map[string]any) (sha string, err error) {
	tree, err := h.tree(ctx, c, r, input)
	if err != nil {
		return "", err
	}
	var made struct {
		SHA string `json:"sha"`
	}
	what := "commit to " + r.String()
	if err := h.ask(ctx, what, http.MethodPost, r.path("git", "trees"), map[string]any{"base_tree": base, "tree": tree}, &made); err != nil {
		return "", err
	}
	author := map[string]string{"name": "Scaffolder", "email": "scaffolder@" + h.Domain, "date": c.CreatedAt.UTC().Format(time.RFC3339)}
	err = h.ask(ctx, what, http.MethodPost, r.path("git", "commits"), map[string]any{"message": text(input, "commitMessage", text(input, "title", "")),
		"tree": made.SHA, "parents": []string{base}, "author": author, "committer": author}, &made)
	return made.SHA, err
}

// tree stores the files of the workspace and lists them as GitHub's trees do.
func (h *Host) tree(ctx context.Context, c *Call, r repository, input map[string]any) ([]map[string]string, error) {
	source, err := publishable(c, text(input, "sourcePath", "."))
	if err != nil {
		return nil, err
	}
	target, err := inside(text(input, "targetPath", "."))
	if err != nil {
		return nil, err
	}
	entries, err := readTree(ctx, os.DirFS(source))
	if err != nil {
		return nil, err
	}
	var tree []map[string]string
	for _, e := range entries {
		if e.mode.IsDir() {
			continue
		}
		mode := map[bool]string{true: "100755", false: "100644"}[e.mode&0o111 != 0]
		if e.mode.Type() == fs.ModeSymlink {
			mode = "120000"
		}
		var blob struct {
			SHA string `json:"sha"`
		}
		err := h.ask(ctx, "store "+e.path, http.MethodPost, r.path("git", "blobs"),
			map[string]string{"content": base64.StdEncoding.EncodeToString(e.content), "encoding": "base64"}, &blob)
		if err != nil {
			return nil, err
		}
		tree = append(tree, map[string]string{"path": path.Join(target, e.path), "mode": mode, "type": "blob", "sha": blob.SHA})
	}
	return tree, nil
}
