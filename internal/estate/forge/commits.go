package forge

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/pronto-platform/pronto/internal/estate/forge/gitstore"
)

func personOfSignature(s object.Signature) gitstore.Person {
	return gitstore.Person{Name: s.Name, Email: s.Email, When: s.When}
}

func changeOf(c *object.Commit) gitstore.Change {
	change := gitstore.Change{SHA: c.Hash.String(), Tree: c.TreeHash.String(), Message: c.Message,
		Author: personOfSignature(c.Author), Committer: personOfSignature(c.Committer)}
	for _, parent := range c.ParentHashes {
		change.Parents = append(change.Parents, parent.String())
	}
	return change
}

// commitJSON is a commit as /commits gives it; gitCommitJSON as /git/commits.
func (f *Forge) commitJSON(r *request, c *object.Commit) obj { return f.changeJSON(r, changeOf(c)) }

func (f *Forge) changeJSON(r *request, c gitstore.Change) obj {
	html := f.base() + "/" + r.repo.FullName() + "/commit/"
	return obj{
		"sha": c.SHA, "node_id": nodeID("Commit", r.repo.ID) + c.SHA, "url": f.repoURL(r) + "/commits/" + c.SHA,
		"html_url": html + c.SHA, "comments_url": f.repoURL(r) + "/commits/" + c.SHA + "/comments",
		"commit": obj{"url": f.repoURL(r) + "/git/commits/" + c.SHA, "author": personJSON(c.Author), "committer": personJSON(c.Committer),
			"message": strings.TrimRight(c.Message, "\n"), "comment_count": 0, "verification": unverified,
			"tree": obj{"sha": c.Tree, "url": f.repoURL(r) + "/git/trees/" + c.Tree}},
		"author": nil, "committer": nil, "parents": f.parentsJSON(r, c.Parents, "/commits/"),
	}
}

var unverified = obj{"verified": false, "reason": "unsigned", "signature": nil, "payload": nil}

func (f *Forge) parentsJSON(r *request, parents []string, path string) []obj {
	list := []obj{}
	for _, sha := range parents {
		list = append(list, obj{"sha": sha, "url": f.repoURL(r) + path + sha, "html_url": f.base() + "/" + r.repo.FullName() + "/commit/" + sha})
	}
	return list
}

func (f *Forge) gitCommitJSON(r *request, commit *object.Commit) obj {
	c := changeOf(commit)
	return obj{
		"sha": c.SHA, "node_id": nodeID("Commit", r.repo.ID) + c.SHA, "url": f.repoURL(r) + "/git/commits/" + c.SHA,
		"html_url": f.base() + "/" + r.repo.FullName() + "/commit/" + c.SHA, "message": strings.TrimRight(c.Message, "\n"),
		"author": personJSON(c.Author), "committer": personJSON(c.Committer), "verification": unverified,
		"tree":    obj{"sha": c.Tree, "url": f.repoURL(r) + "/git/trees/" + c.Tree},
		"parents": f.parentsJSON(r, c.Parents, "/git/commits/"),
	}
}

func (f *Forge) listCommits(w http.ResponseWriter, r *request) error {
	v, err := f.filledView(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	commit, err := v.Resolve(f.refOr(r, q.Get("sha")))
	if err != nil {
		return err
	}
	number, size := pageParams(q)
	args := []string{fmt.Sprintf("--skip=%d", (number-1)*size), fmt.Sprintf("--max-count=%d", size+1)}
	for _, bound := range []string{"since", "until"} {
		if value := q.Get(bound); value != "" {
			args = append(args, "--"+bound+"="+value)
		}
	}
	changes, err := f.git(r.repo).LogPath(r.Context(), q.Get("path"), append(args, commit.Hash.String())...)
	if err != nil {
		return err
	}
	last := number
	if len(changes) > size {
		changes, last = changes[:size], number+1
	}
	if links := f.links(r.Request, number, last); links != "" {
		w.Header().Set("Link", links)
	}
	list := []obj{}
	for _, change := range changes {
		list = append(list, f.changeJSON(r, change))
	}
	writeJSON(w, r.Request, http.StatusOK, list)
	return nil
}

func (f *Forge) getCommitOrStatus(w http.ResponseWriter, r *request) error {
	ref := r.PathValue("ref")
	if inner, ok := strings.CutSuffix(ref, "/status"); ok {
		return f.combinedStatus(w, r, inner)
	}
	if inner, ok := strings.CutSuffix(ref, "/statuses"); ok {
		return f.listStatuses(w, r, inner)
	}
	return f.getCommit(w, r, ref)
}

func (f *Forge) resolve(r *request, ref string) (*object.Commit, error) {
	v, err := f.filledView(r)
	if err != nil {
		return nil, err
	}
	commit, err := v.Resolve(ref)
	if err != nil {
		return nil, failure(http.StatusUnprocessableEntity, "No commit found for SHA: %s", ref)
	}
	return commit, nil
}

func (f *Forge) getCommit(w http.ResponseWriter, r *request, ref string) error {
	commit, err := f.resolve(r, ref)
	if err != nil {
		return err
	}
	if strings.Contains(r.Header.Get("Accept"), "sha") {
		w.Header().Set("Content-Type", "application/vnd.github.v3.sha; charset=utf-8")
		writeBody(w, r.Request, http.StatusOK, []byte(commit.Hash.String()))
		return nil
	}
	changes, err := f.git(r.repo).Log(r.Context(), "--max-count=1", commit.Hash.String())
	if err != nil {
		return err
	}
	answer := f.changeJSON(r, changes[0])
	answer["files"] = filesJSON(changes)
	writeJSON(w, r.Request, http.StatusOK, answer)
	return nil
}

func filesJSON(changes []gitstore.Change) []obj {
	seen, list := map[string]bool{}, []obj{}
	add := func(paths []string, status string) {
		for _, path := range paths {
			if !seen[path] {
				seen[path] = true
				list = append(list, obj{"filename": path, "status": status})
			}
		}
	}
	for _, c := range changes {
		add(c.Added, "added")
		add(c.Removed, "removed")
		add(c.Modified, "modified")
	}
	return list
}

func (f *Forge) compare(w http.ResponseWriter, r *request) error {
	baseRef, headRef, ok := strings.Cut(r.PathValue("basehead"), "...")
	if !ok {
		return errNotFound
	}
	base, err := f.resolve(r, baseRef)
	if err != nil {
		return errNotFound
	}
	head, err := f.resolve(r, headRef)
	if err != nil {
		return errNotFound
	}
	git, baseSHA, headSHA := f.git(r.repo), base.Hash.String(), head.Hash.String()
	behind, ahead, err := git.Count(r.Context(), baseSHA, headSHA)
	if err != nil {
		return err
	}
	common, err := git.MergeBase(r.Context(), baseSHA, headSHA)
	if err != nil {
		return err
	}
	changes, err := git.Log(r.Context(), "--reverse", "--max-count=250", headSHA, "^"+baseSHA)
	if err != nil {
		return err
	}
	v, err := f.view(r)
	if err != nil {
		return err
	}
	mergeBase, err := v.Resolve(common)
	if err != nil {
		return err
	}
	commits := []obj{}
	for _, change := range changes {
		commits = append(commits, f.changeJSON(r, change))
	}
	writeJSON(w, r.Request, http.StatusOK, obj{
		"status": compareStatus(ahead, behind), "ahead_by": ahead, "behind_by": behind, "total_commits": ahead,
		"base_commit": f.commitJSON(r, base), "merge_base_commit": f.commitJSON(r, mergeBase), "commits": commits,
		"files": filesJSON(changes), "url": f.repoURL(r) + "/compare/" + r.PathValue("basehead"),
	})
	return nil
}

func compareStatus(ahead, behind int) string {
	switch {
	case ahead == 0 && behind == 0:
		return "identical"
	case behind == 0:
		return "ahead"
	case ahead == 0:
		return "behind"
	}
	return "diverged"
}

// archive streams the tree of a ref; GitHub redirects, clients take both.
func (f *Forge) archive(format string) handler {
	return func(w http.ResponseWriter, r *request) error {
		commit, err := f.resolve(r, f.refOr(r, r.PathValue("ref")))
		if err != nil {
			return errNotFound
		}
		sha := commit.Hash.String()
		name := r.repo.Owner + "-" + r.repo.Name + "-" + sha[:7]
		w.Header().Set("Content-Type", map[string]string{"zip": "application/zip", "tar.gz": "application/x-gzip"}[format])
		w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s.%s"`, name, format))
		cmd := f.git(r.repo).Git().Command(r.Context(), "archive", "--format="+format, "--prefix="+name+"/", sha)
		cmd.Stdout = w
		if err := cmd.Run(); err != nil && r.Context().Err() == nil {
			f.log.Warn("archive ended early", "repository", r.repo.FullName(), "err", err)
			panic(http.ErrAbortHandler) // the client must not take half an archive for a whole one
		}
		return nil
	}
}
