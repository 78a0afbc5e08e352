package scaffold

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"modernc.org/sqlite"

	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/platform/catalog"
	"github.com/pronto-platform/pronto/internal/platform/scm"
	"github.com/pronto-platform/pronto/internal/platform/store"
)

// durable is a template that writes, publishes and registers.
const durable = `
    - {id: hello, name: Greet, action: 'debug:log', input: {message: 'hello ${{ parameters.name }}'}}
    - {id: entity, name: Describe, action: 'catalog:write', input: {entity: {apiVersion: backstage.io/v1alpha1, kind: Component,
        metadata: {name: '${{ parameters.name }}'}, spec: {type: service, lifecycle: production, owner: me}}}}
    - id: publish
      name: Publish
      action: publish:github
      input: {repoUrl: '${{ environment.parameters.forgeHost }}?owner=apps&repo=${{ parameters.name }}', defaultBranch: main, protectDefaultBranch: false}
    - {id: register, name: Register, action: 'catalog:register', input: {repoContentsUrl: '${{ steps.publish.output.repoContentsUrl }}'}}
    - {id: bye, name: Bid farewell, action: 'debug:log', input: {message: 'at ${{ steps.publish.output.remoteUrl }}'}}`

// childEnv holds what a child process of these tests needs, as JSON.
const childEnv = "PRONTO_TEST_SCAFFOLDER"

type childConfig struct {
	DB, Dir, Forge string
	KillAt         int64 // the commit of the journal before which it dies; 0: none
}

// TestScaffolderChild is no test: it is the process that the tests below kill.
// It ends when no task is left.
func TestScaffolderChild(t *testing.T) {
	text := os.Getenv(childEnv)
	if text == "" {
		t.Skip("it is a child process of other tests")
	}
	var c childConfig
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	dieBefore(c.KillAt)
	db, err := store.Open(t.Context(), c.DB)
	if err != nil {
		t.Fatal(err)
	}
	client, err := scm.New(scm.Config{APIURL: c.Forge})
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	entities, err := catalog.New(catalog.Config{DB: db, SCM: client, ForgeURL: c.Forge, Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cfg := crashConfig(c.Forge, c.Dir)
	cfg.DB, cfg.SCM, cfg.Catalog, cfg.Logger = db, client, entities, log
	cfg.OnChange = func(_ context.Context, task Task) error {
		if task.Ended() {
			cancel()
		}
		return nil
	}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	left, err := s.journal.unfinished(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ready := func() {
		if len(left) == 0 { // nothing will tell of an end any more
			cancel()
		}
	}
	if err := s.Run(ctx, ready); err != nil {
		t.Fatal(err)
	}
}

// dieBefore kills this process with SIGKILL just before the commit of that
// number that changes the scaffolder's or the catalog's tables.
func dieBefore(number int64) {
	var commits atomic.Int64
	sqlite.RegisterConnectionHook(func(conn sqlite.ExecQuerierContext, _ string) error {
		hooks, changed := conn.(sqlite.HookRegisterer), false
		hooks.RegisterPreUpdateHook(func(d sqlite.SQLitePreUpdateData) {
			changed = changed || strings.HasPrefix(d.TableName, "scaffolder_") || strings.HasPrefix(d.TableName, "catalog_")
		})
		hooks.RegisterCommitHook(func() int32 {
			if changed && commits.Add(1) == number {
				_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
				select {} // until it has come
			}
			changed = false
			return 0
		})
		return nil
	})
}

func crashConfig(forge, dir string) Config {
	host := strings.TrimPrefix(forge, "http://")
	cfg := Config{Templates: small(durable), Dir: dir, SealKey: secret.New("a key"), Organization: "apps", Domain: "example.com",
		Vars: func() map[string]any { return map[string]any{"forgeHost": host} }}
	cfg.Git.Origin = forge + "/"
	return cfg
}

// crashed is a world with one task, which child processes do.
type crashed struct {
	*world
	service *Service // does nothing itself
	task    Task
	db      string
}

func newCrashed(t *testing.T) *crashed {
	t.Helper()
	w := newWorld(t, small(durable))
	s, err := New(w.cfg)
	if err != nil {
		t.Fatal(err)
	}
	task, err := s.Create(t.Context(), CreateRequest{TemplateRef: "small", Values: map[string]any{"name": "once"}})
	if err != nil {
		t.Fatal(err)
	}
	var number, name, file string
	if err := w.cfg.DB.QueryRowContext(t.Context(), `PRAGMA database_list`).Scan(&number, &name, &file); err != nil {
		t.Fatal(err)
	}
	return &crashed{w, s, task, file}
}

// child starts a process that does the task.
func (c *crashed) child(t *testing.T, killAt int64) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestScaffolderChild$", "-test.count=1")
	cmd.Env = append(os.Environ(), childEnv+"="+encode(childConfig{c.db, c.cfg.Dir, c.forge.URL, killAt}))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// finish lets a process do what is left, and checks what has come of it all.
func (c *crashed) finish(t *testing.T) {
	t.Helper()
	if err := c.child(t, 0).Wait(); err != nil {
		t.Fatalf("the process after the crash: %v", err)
	}
	task, err := c.service.Get(t.Context(), c.task.ID)
	if err != nil || task.Status != StatusCompleted {
		t.Fatalf("after the crash the task is %s, %v: %s", task.Status, err, task.Error)
	}
	if c.forge.created != 1 || c.forge.pushes != 1 || c.forge.deleted != 0 {
		t.Errorf("%d repositories were made, %d pushes, %d deleted; want one of each of the first", c.forge.created, c.forge.pushes, c.forge.deleted)
	}
	locations, err := c.catalog.Locations(t.Context())
	if err != nil || len(locations) != 1 {
		t.Errorf("the catalog has locations %v, %v", locations, err)
	}
	if there, err := c.catalog.Has(t.Context(), "component:default/once"); err != nil || !there {
		t.Errorf("in the catalog: %v, %v", there, err)
	}
	if log := c.log(t); !slices.Equal(log, wantLog) {
		t.Errorf("the log is\n%s\nwant\n%s", strings.Join(log, "\n"), strings.Join(wantLog, "\n"))
	}
	if made, err := c.service.Made(t.Context(), c.task.ID); err != nil || len(made) != 2 || made[0].intended || made[1].intended {
		t.Errorf("journalled as made: %+v, %v", made, err)
	}
	if untold, err := c.service.journal.untoldEnds(t.Context()); err != nil || len(untold) != 0 {
		t.Errorf("nobody was told of the end of %v, %v", untold, err)
	}
	if left, err := os.ReadDir(c.cfg.Dir); err != nil || slices.ContainsFunc(left, func(e os.DirEntry) bool { return e.Name() == c.task.ID }) {
		t.Errorf("left are %v, %v", left, err)
	}
}

var changing = regexp.MustCompile(`[0-9a-f]{40}|127\.0\.0\.1:\d+`)

func (c *crashed) log(t *testing.T) []string {
	t.Helper()
	var lines []string
	for _, line := range messages(t, c.service, c.task.ID) {
		lines = append(lines, changing.ReplaceAllString(line, "X"))
	}
	return lines
}

// wantLog is the log of a task that nothing has happened to.
var wantLog = []string{
	"Starting up task with 5 steps",
	"Beginning step Greet", "hello once", "Finished step Greet",
	"Beginning step Describe", "Writing catalog-info.yaml", "Finished step Describe",
	"Beginning step Publish", "Published apps/once at X", "Finished step Publish",
	"Beginning step Register", "Registering http://X/apps/once/blob/main/catalog-info.yaml in the catalog", "Finished step Register",
	"Beginning step Bid farewell", "at http://X/apps/once.git", "Finished step Bid farewell",
	"Run completed with status: completed",
}

func killed(err error) bool {
	exit, ok := err.(*exec.ExitError) //nolint:errorlint // Wait returns it as it is
	if !ok {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

// TestAKillAtEveryCommitOfTheJournal kills one process after the other, each a
// commit later, until one gets to the end.
func TestAKillAtEveryCommitOfTheJournal(t *testing.T) {
	const side = 2 // at a time
	var next, last atomic.Int64
	var workers sync.WaitGroup
	for range side {
		workers.Go(func() {
			for last.Load() == 0 && !t.Failed() {
				at := next.Add(1)
				t.Run(fmt.Sprintf("before commit %d", at), func(t *testing.T) {
					c := newCrashed(t)
					err := c.child(t, at).Wait()
					switch {
					case err == nil:
						last.Store(at)
					case !killed(err):
						t.Fatalf("the process ended with %v", err)
					}
					c.finish(t)
				})
			}
		})
	}
	workers.Wait()
	if last.Load() < int64(len(wantLog)) {
		t.Errorf("a whole task has %d commits, fewer than lines in its log: the kills were not counted right", last.Load())
	}
	t.Logf("a whole task has %d commits", last.Load()-1)
}

// TestAKillBetweenAnActAndItsAnswer kills the process when the forge has done
// what was asked and has not said so.
func TestAKillBetweenAnActAndItsAnswer(t *testing.T) {
	for _, act := range []string{"create", "push", "contents"} {
		t.Run(act, func(t *testing.T) {
			c := newCrashed(t)
			cmds := make(chan *exec.Cmd, 1)
			var once sync.Once
			c.forge.after = func(what string) {
				if what == act {
					once.Do(func() { _ = (<-cmds).Process.Kill() })
				}
			}
			cmd := c.child(t, 0)
			cmds <- cmd
			if err := cmd.Wait(); !killed(err) {
				t.Fatalf("the process ended with %v", err)
			}
			c.finish(t)
		})
	}
}

func TestAKillAtAnyInstant(t *testing.T) {
	const rounds, window = 6, 600 * time.Millisecond
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for range rounds {
		after := time.Duration(random.Int64N(int64(window)))
		t.Run(after.String(), func(t *testing.T) {
			c := newCrashed(t)
			cmd := c.child(t, 0)
			timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
			defer timer.Stop()
			if err := cmd.Wait(); err != nil && !killed(err) {
				t.Fatalf("the process ended with %v", err)
			}
			c.finish(t)
		})
	}
}
