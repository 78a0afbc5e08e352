package action

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// The kinds of things that actions make within a repository.
const (
	KindBranch      = "branch"
	KindPullRequest = "pull_request"
	KindWebhook     = "webhook"
	KindDeployKey   = "deploy_key"
	KindEnvironment = "environment"
	KindIssue       = "issue"
)

// part is a thing within a repository. The key tells it from its like there
// before the forge has given it an ID.
func part(kind string, r repository, key, label string) Thing {
	return Thing{Kind: kind, Name: r.String() + " " + key, Label: r.String() + " " + label}
}

// issuePart is an issue: its text is its key.
func issuePart(r repository, title, body string) Thing {
	sum := sha256.Sum256([]byte(title + "\x00" + body))
	return part(KindIssue, r, hex.EncodeToString(sum[:]), title)
}

// keyPart is a deploy key. The forge gives keys back without their comments.
func keyPart(r repository, public, title string) Thing {
	fields := strings.Fields(public)
	return part(KindDeployKey, r, strings.Join(fields[:min(2, len(fields))], " "), title)
}

// Within returns the owner and the name of the repository that a thing is in;
// false for one that is in none.
func (t Thing) Within() (owner, name string, ok bool) {
	if t.Kind == KindRepository || t.Kind == KindLocation {
		return "", "", false
	}
	r, _ := t.place()
	return r.owner, r.name, true
}

func (t Thing) place() (r repository, key string) {
	where, key, _ := strings.Cut(t.Name, " ")
	owner, name, _ := strings.Cut(where, "/")
	return repository{owner, name}, key
}

// found is what the forge tells of a part of a repository.
type found struct {
	ID          int64     `json:"id"`
	Number      int64     `json:"number"` // of issues and pull requests
	State       string    `json:"state"`
	Title       string    `json:"title"`
	Body        string    `json:"body"`
	Key         string    `json:"key"`
	URL         string    `json:"html_url"`
	CreatedAt   time.Time `json:"created_at"`
	PullRequest any       `json:"pull_request"` // of an issue that is one
	Config      struct {
		URL string `json:"url"`
	} `json:"config"`
}

// partKind is how the forge serves a kind of parts.
type partKind struct {
	words, path string
	list        func(r repository, key string) string // query of those that may be the one
	same        func(r repository, key string, one found) bool
	closed      bool // it is taken away by closing it
}

// parts are the kinds that have a list. Environments have a name in place of
// an ID, and branches are read by package scm.
var parts = map[string]partKind{
	KindWebhook: {words: "webhook", path: "hooks", list: hundred,
		same: func(_ repository, key string, one found) bool { return one.Config.URL == key }},
	KindDeployKey: {words: "deploy key", path: "keys", list: hundred,
		same: func(r repository, key string, one found) bool {
			return keyPart(r, one.Key, "").Name == r.String()+" "+key
		}},
	KindPullRequest: {words: "pull request", path: "pulls", closed: true,
		list: func(r repository, key string) string {
			return url.Values{"head": {r.owner + ":" + key}, "state": {"open"}}.Encode()
		},
		same: func(repository, string, found) bool { return true }},
	KindIssue: {words: "issue", path: "issues", closed: true,
		list: func(repository, string) string { return "state=all&per_page=100" },
		same: func(r repository, key string, one found) bool {
			return one.PullRequest == nil && issuePart(r, one.Title, one.Body).Name == r.String()+" "+key
		}},
}

func hundred(repository, string) string { return "per_page=100" }

// find looks in the forge for what a thing's name tells of.
func (h *Host) find(ctx context.Context, thing Thing) (one found, there bool, err error) {
	r, key := thing.place()
	kind := parts[thing.Kind]
	var all []found
	err = h.ask(ctx, "list "+kind.words+"s of "+r.String(), http.MethodGet, r.path(kind.path)+"?"+kind.list(r, key), nil, &all)
	if err != nil {
		return found{}, false, err
	}
	i := slices.IndexFunc(all, func(one found) bool { return kind.same(r, key, one) })
	if i < 0 {
		return found{}, false, nil
	}
	return all[i], true, nil
}

// environment reads an environment of a repository.
func (h *Host) environment(ctx context.Context, r repository, name string) (one found, there bool, err error) {
	return h.read(ctx, r, "environment "+name, r.path("environments", name))
}

func (h *Host) read(ctx context.Context, r repository, what, path string) (one found, there bool, err error) {
	err = h.ask(ctx, "read "+what+" of "+r.String(), http.MethodGet, path, nil, &one)
	if isGone(err) {
		return found{}, false, nil
	}
	return one, err == nil, err
}

// isGone reports whether the forge says that there is no such thing, or none
// any more.
func isGone(err error) bool {
	return status(err) == http.StatusNotFound || status(err) == http.StatusGone
}

// make makes a thing and keeps account of it; create returns its ID and its
// address.
func (c *Call) make(ctx context.Context, thing Thing, create func(context.Context) (id, address string, err error)) (Thing, error) {
	if err := c.Ledger.Intend(ctx, thing); err != nil {
		return thing, err
	}
	ctx, done := seeThrough(ctx)
	defer done()
	var err error
	if thing.ID, thing.URL, err = create(ctx); err != nil {
		if refused(err) {
			return thing, errors.Join(err, c.Ledger.Forget(ctx, thing))
		}
		return thing, err
	}
	return thing, c.Ledger.Made(ctx, thing)
}

// claim notes a thing that is there already as made by this task, if a run of
// it that was cut off was about to make it: it was not there then.
func (c *Call) claim(ctx context.Context, thing Thing) error {
	noted, intended, err := c.Ledger.Find(ctx, thing.Kind, thing.Name)
	if err != nil || !intended || noted.ID != "" {
		return err
	}
	return c.Ledger.Made(ctx, thing)
}
