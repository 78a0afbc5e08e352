package delivery_test

import (
	"encoding/pem"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-github/v74/github"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/pronto-platform/pronto/internal/base/gitcmd"
	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/platform/delivery"
	"github.com/pronto-platform/pronto/internal/platform/fault"
	"github.com/pronto-platform/pronto/internal/platform/scm/scmtest"
)

const (
	entity = "component:default/idp-hello"
	marker = "# +argocd:skip-file-rendering"
)

var bea = delivery.Person{Ref: "user:default/bea", Name: "Bea", Email: "bea@example.com"}

// keeping makes a world whose deleted applications are kept for a week.
func keeping(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.git = scmtest.New(t)
	w.connect()
	dir := t.TempDir()
	ca := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: w.certificate}), 0o600); err != nil {
		t.Fatal(err)
	}
	forge := w.config.Names.ForgeURL
	w.config.Backups = delivery.Backups{Dir: filepath.Join(dir, "deleted"), Grace: 7 * 24 * time.Hour, Git: gitcmd.Remote{
		Origin: forge + "/", Resolve: strings.TrimPrefix(forge, "https://") + ":127.0.0.1", CAFile: ca, Token: secret.New("ghp_x")}}
	return w
}

// create plays a form that makes hello, which then goes live.
func (w *world) create() (revision string) {
	w.t.Helper()
	w.observe(delivery.Task{ID: "t1", Status: "completed", TemplateRef: "template:default/nodejs", CreatedAt: w.now(), CreatedBy: "user:default/ana",
		EntityRef: entity, Values: map[string]any{"name": "hello", "description": "Says hello", "owner": "team-a"}})
	w.locked(func() { w.entries[entity] = true })
	revision, _ = w.deliver("one")
	w.git.Git(repository, "branch", "feature/x", revision)
	w.git.Git(repository, "tag", "v1", revision)
	ctx, client := w.t.Context(), w.config.SCM
	must[*github.Repository](w.t)(first(client.Repositories.Edit(ctx, "apps", repository, &github.Repository{Description: github.Ptr("Says hello"), Private: github.Ptr(true)})))
	if err := client.SetTopics(ctx, "apps", repository, []string{"nodejs"}); err != nil {
		w.t.Fatal(err)
	}
	return revision
}

func first[T any](value T, _ *github.Response, err error) (T, error) { return value, err }

// deleted deletes hello and plays the controllers that this cluster lacks.
func (w *world) deleted() {
	w.t.Helper()
	must[delivery.View](w.t)(w.service.Delete(w.t.Context(), "hello", "user:default/ana"))
	w.removed()
}

func (w *world) removed() {
	w.t.Helper()
	ctx, now := w.t.Context(), metav1.DeleteOptions{GracePeriodSeconds: new(int64)}
	w.until("hello", "the namespace ends", func(v delivery.View) bool { return strings.Contains(v.Reason, "removing: namespace") })
	for _, err := range []error{
		w.kube.AppsV1().Deployments("hello").Delete(ctx, "hello", now), w.kube.CoreV1().Pods("hello").Delete(ctx, "hello-1", now),
		w.kube.NetworkingV1().Ingresses("hello").Delete(ctx, "hello", now),
	} {
		if err != nil {
			w.t.Fatal(err)
		}
	}
	w.finalize("hello")
	w.locked(func() { delete(w.records, "hello.example.com"); delete(w.answers, "hello.example.com") })
	w.gone("hello")
}

// live plays the pipeline of the commit that brought hello back.
func (w *world) live(revision string) delivery.View {
	w.t.Helper()
	_, digest := w.image(repository, revision)
	image := "registry.example.com/idp-hello@" + digest
	deployed := w.git.Commit(repository, scmtest.Bot, "Deploy [skip ci]", map[string]string{"deploy/deployment.yaml": "  image: " + image})
	w.push(repository, deployed, "Deploy [skip ci]", scmtest.Bot, "Bot")
	w.run("hello", image, deployed, revision)
	return w.until("hello", "it is live again", func(v delivery.View) bool { return v.Status == "live" && v.LiveRevision == revision })
}

// undelete brings hello back, up to where the pipeline goes on.
func (w *world) undelete() delivery.View {
	w.t.Helper()
	must[delivery.View](w.t)(w.service.Undelete(w.t.Context(), "hello", bea))
	return w.until("hello", "create is done", isBack)
}

func isBack(v delivery.View) bool { return phase(v, "create").Status == delivery.Done }

func (w *world) kept() string {
	w.t.Helper()
	entries, err := os.ReadDir(w.config.Backups.Dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		w.t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

// tidied waits until housekeeping has removed what was kept.
func (w *world) tidied() {
	w.t.Helper()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	deadline := time.After(20 * time.Second)
	for w.kept() != "" {
		select {
		case <-ticker.C:
		case <-deadline:
			w.t.Fatalf("still kept: %s", w.kept())
		}
	}
}

func refused(t *testing.T, err error, name string, text string) {
	t.Helper()
	var r *fault.Error
	if !errors.As(err, &r) || r.Name != name || !strings.Contains(r.Message, text) {
		t.Errorf("refused with %v, want %q", err, text)
	}
}

func TestADeletedApplicationComesBackWithItsHistory(t *testing.T) {
	w := keeping(t)
	defer w.serve()()
	ctx, live := t.Context(), w.create()
	head, refs := w.git.Git(repository, "rev-parse", "main"), w.git.Git(repository, "for-each-ref", "refs/heads/feature", "refs/tags")
	w.deleted()
	if w.git.Has(repository) || w.entries[entity] {
		t.Error("something is left of it")
	}
	list := must[[]delivery.Deleted](t)(w.service.Deleted(ctx))
	if len(list) != 1 || list[0].Name != "hello" || list[0].Owner != "group:default/team-a" || list[0].DeletedBy != "user:default/ana" ||
		time.Until(list[0].Until) < 6*24*time.Hour {
		t.Fatalf("deleted = %+v", list)
	}

	view := must[delivery.View](t)(w.service.Undelete(ctx, "hello", bea))
	again := must[delivery.View](t)(w.service.Undelete(ctx, "hello", bea))
	if d := view.Delivery; d.StartedBy.Kind != "restore" || phase(view, "create").Status != delivery.Running || again.Delivery.ID != d.ID {
		t.Errorf("it begins as %+v, and asked again as %s", d, again.Delivery.ID)
	}
	view = w.until("hello", "create is done", isBack)
	revision := view.Delivery.Revision
	if got := w.git.Git(repository, "log", "-1", "--format=%H %P %an <%ae> %s", "main"); got != revision+" "+head+" Bea <bea@example.com> Restore hello" {
		t.Errorf("the commit is %s", got)
	}
	if got := w.git.Git(repository, "for-each-ref", "refs/heads/feature", "refs/tags"); got != refs {
		t.Errorf("branches and tags are\n%s\nwant\n%s", got, refs)
	}
	if got := w.git.Git(repository, "diff", "--unified=0", head, "main"); !strings.HasSuffix(got, "+"+marker) || strings.Count(got, "\n+") != 2 {
		t.Errorf("the commit changes\n%s", got)
	}
	is := must[*github.Repository](t)(w.config.SCM.Repository(ctx, "apps", repository))
	if is.GetDescription() != "Says hello" || !is.GetPrivate() || strings.Join(is.Topics, " ") != "nodejs" || !w.entries[entity] {
		t.Errorf("the repository is %v, the entity is there: %v", is, w.entries[entity])
	}
	w.push(repository, revision, "Restore hello", "bea", "User")
	view = w.live(revision)
	if view.Owner != "group:default/team-a" || view.Description != "Says hello" || view.CreatedBy != "user:default/ana" || view.Delivery.StartedBy.Kind != "restore" {
		t.Errorf("it is back as %+v", view)
	}
	deliveries := must[[]delivery.Delivery](t)(w.service.Deliveries(ctx, "hello", 10))
	if len(deliveries) != 2 || deliveries[1].Revision != live {
		t.Errorf("it has %d deliveries, want the one of before and the one that brought it back", len(deliveries))
	}
	if list := must[[]delivery.Deleted](t)(w.service.Deleted(ctx)); len(list) != 0 || w.kept() != "" {
		t.Errorf("still kept: %v, %s", list, w.kept())
	}
}

func TestADeletionAndARestorationGoOnAfterEveryStop(t *testing.T) {
	w := keeping(t)
	stop := w.serve()
	w.create()
	head := w.git.Git(repository, "rev-parse", "main")
	must[delivery.View](t)(w.service.Delete(t.Context(), "hello", ""))
	for range 4 { // stop, backup, repository, application
		stop()
		stop = w.serve()
	}
	w.removed()
	if n := len(strings.Fields(w.kept())); n != 1 {
		t.Errorf("%d copies are kept: %s", n, w.kept())
	}
	must[delivery.View](t)(w.service.Undelete(t.Context(), "hello", bea))
	for range 5 {
		stop()
		stop = w.serve()
	}
	defer func() { stop() }()
	view := w.until("hello", "create is done", isBack)
	if got := w.git.Git(repository, "rev-list", "--count", head+"..main"); got != "1" || w.git.Git(repository, "rev-parse", "main") != view.Delivery.Revision {
		t.Errorf("%s commits bring it back", got)
	}
	w.live(view.Delivery.Revision)
}

// A kill between a push and its entry in the journal repeats the push, on top
// of which the pipeline has worked meanwhile.
func TestARestorationThatIsRepeatedOverwritesNothing(t *testing.T) {
	w := keeping(t)
	stop := w.serve()
	w.create()
	w.deleted()
	w.locked(func() { w.refuse = func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/topics") } })
	must[delivery.View](t)(w.service.Undelete(t.Context(), "hello", bea))
	w.until("hello", "it waits for the settings", func(v delivery.View) bool { return strings.Contains(v.Reason, "settings are being made") })
	stop()
	if _, err := w.config.DB.ExecContext(t.Context(), `UPDATE delivery_apps SET body = json_remove(json_set(body, '$.restoration.step', 'commit'), '$.restoration.revision')`); err != nil {
		t.Fatal(err)
	}
	restored := w.git.Git(repository, "rev-parse", "main")
	deployed := w.git.Commit(repository, scmtest.Bot, "Deploy [skip ci]", map[string]string{"deploy/deployment.yaml": "  image: new"})
	w.locked(func() { w.refuse = nil })
	defer w.serve()()
	view := w.until("hello", "create is done", isBack)
	if view.Delivery.Revision != restored || w.git.Git(repository, "rev-parse", "main") != deployed {
		t.Errorf("revision %s, want %s; the branch is at %s, want %s", view.Delivery.Revision, restored, w.git.Git(repository, "rev-parse", "main"), deployed)
	}
}

func TestWhatCannotComeBackSaysWhy(t *testing.T) {
	w := keeping(t)
	w.config.Limits.ApplicationsPerOwner = 1
	past := time.Duration(0)
	w.config.Clock = func() time.Time { return time.Now().Add(past) }
	stop := w.serve()
	ctx := t.Context()
	_, err := w.service.Undelete(ctx, "never", bea)
	refused(t, err, fault.NotFound, `there is no deleted application "never"`)
	w.create()
	_, err = w.service.Undelete(ctx, "hello", bea)
	refused(t, err, fault.NotFound, "no deleted application")
	w.deleted()

	w.git.Commit("idp-hello", "eve", "another's", map[string]string{"README.md": "Mine"})
	_, err = w.service.Undelete(ctx, "hello", bea)
	refused(t, err, fault.Conflict, "hello cannot come back: the repository apps/idp-hello exists already")
	if err := w.config.SCM.DeleteRepository(ctx, "apps", "idp-hello"); err != nil {
		t.Fatal(err)
	}
	w.observe(delivery.Task{ID: "t2", Status: "processing", CreatedAt: w.now(), Values: map[string]any{"name": "other", "owner": "team-a"}})
	_, err = w.service.Undelete(ctx, "hello", bea)
	refused(t, err, fault.Conflict, "hello cannot come back: group:default/team-a has 1 of the 1 applications it may have")
	stop()
	w.config.Limits.ApplicationsPerOwner = 0
	past = 8 * 24 * time.Hour
	defer w.serve()()
	_, err = w.service.Undelete(ctx, "hello", bea)
	refused(t, err, fault.Conflict, "hello cannot come back: nothing of it is kept any more")
	if list := must[[]delivery.Deleted](t)(w.service.Deleted(ctx)); len(list) != 0 {
		t.Errorf("after the grace period there is %v", list)
	}
	w.tidied()
}

// Deleting again what is not whole yet must not take the copy that is.
func TestAnApplicationThatIsDeletedWhileItComesBackIsKept(t *testing.T) {
	w := keeping(t)
	defer w.serve()()
	w.create()
	head := w.git.Git(repository, "rev-parse", "main")
	w.deleted()
	w.locked(func() {
		w.refuse = func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/git-receive-pack") }
	})
	must[delivery.View](t)(w.service.Undelete(t.Context(), "hello", bea))
	w.until("hello", "the push does not get through", func(v delivery.View) bool { return strings.Contains(v.Reason, "tags are being pushed (") })
	must[delivery.View](t)(w.service.Delete(t.Context(), "hello", ""))
	w.gone("hello")
	w.locked(func() { w.refuse = nil })
	w.undelete()
	if got := w.git.Git(repository, "rev-parse", "main~1"); got != head {
		t.Errorf("it came back on %s, want %s", got, head)
	}
	w.locked(func() { w.entries[entity] = true })
	w.git.Commit(repository, "bea", "Later", map[string]string{"README.md": "Later"})
	must[delivery.View](t)(w.service.Delete(t.Context(), "hello", ""))
	w.gone("hello")
	if n := len(strings.Fields(w.kept())); n != 1 {
		t.Errorf("%d copies are kept: %s", n, w.kept())
	}
	w.undelete()
	if got := w.git.Git(repository, "log", "-1", "--format=%s", "main~1"); got != "Later" {
		t.Errorf("it came back on %q, want what was there when it was deleted last", got)
	}
}

func TestWithoutAGracePeriodNothingIsKept(t *testing.T) {
	w := keeping(t)
	w.config.Backups.Grace = 0
	defer w.serve()()
	w.create()
	w.deleted()
	if w.kept() != "" {
		t.Errorf("kept: %s", w.kept())
	}
	_, err := w.service.Undelete(t.Context(), "hello", bea)
	refused(t, err, fault.Conflict, "nothing of it is kept any more")
}
