package actions_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-github/v74/github"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/pronto-platform/pronto/internal/base/kubetest"
)

const goodWorkflow = `name: CI
on: {push: {branches: [main]}}
jobs:
  test:
    runs-on: ubuntu-latest
    outputs: {word: "${{ steps.say.outputs.word }}"}
    steps:
      - uses: actions/checkout@v4
      - id: say
        run: |
          test "$(cat README.md)" = hello
          echo "word=fish" >> "$GITHUB_OUTPUT"
          echo "the token is ${{ secrets.GITHUB_TOKEN }}"
  image:
    needs: test
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: echo "got ${{ needs.test.outputs.word }}"
      - if: failure()
        run: echo never
      - run: |
          git config user.name bot && git config user.email bot@x
          git commit -q --allow-empty -m "[skip ci]" && git push -q origin HEAD:refs/heads/made
`

const valuesWorkflow = `on: push
jobs:
  a:
    name: in ${{ vars.region }}
    runs-on: x
    environment: {name: "${{ vars.TARGET }}"}
    env: {TOKEN: "${{ secrets.token }}", KEY: "${{ secrets.KEY }}"}
    steps:
      - run: |
          echo region ${{ vars.REGION }}
          echo "token $TOKEN"
          echo "eleven ${#TOKEN}"
          echo "$KEY"
          echo "encoded $(printf '%s' "$TOKEN" | base64)"
      - {name: "name it ${{ secrets.TOKEN }}", run: "true"}
  never: {if: "vars.REGION == 'us'", runs-on: x, steps: [{run: echo no}]}
`

const failingWorkflow = `on: push
jobs:
  test:
    runs-on: x
    steps:
      - run: exit 3
      - run: echo not reached
      - {if: always(), run: echo cleaned}
  after: {needs: test, runs-on: x, steps: [{run: echo no}]}
`

func TestActions(t *testing.T) {
	cluster := kubetest.Start(t)
	binary := filepath.Join(t.TempDir(), "pronto-runner")
	if out, err := exec.Command("go", "build", "-o", binary, "github.com/pronto-platform/pronto/cmd/pronto-runner").CombinedOutput(); err != nil {
		t.Fatalf("build runner: %v: %s", err, out)
	}
	for _, test := range []struct {
		name, namespace string
		run             func(*testing.T, *world)
	}{
		{"a push runs its workflow, once", "ci-good", testAPushRunsItsWorkflowOnce},
		{"a failing step fails the run and keeps its log", "ci-fail", testAFailingStepFailsTheRun},
		{"an unsupported action is refused by name and line", "ci-bad", testAnUnsupportedActionIsRefused},
		{"a cancelled run stops its step", "ci-cancel", testACancelledRunStopsItsStep},
		{"a pod that is deleted fails its job and leaves no secret", "ci-lost", testAPodThatIsDeleted(false)},
		{"a pod that is deleted while nobody looks fails its job and leaves no secret", "ci-lost-away", testAPodThatIsDeleted(true)},
		{"a runner that is silent for too long fails its job", "ci-silent", testASilentRunnerFailsItsJob},
		{"a warm runner takes the job without a new pod", "ci-warm", testAWarmRunnerTakesTheJob},
		{"spare pods wait until jobs are over", "ci-spare", testSparePodsWaitUntilJobsAreOver},
		{"the runs of a deleted repository go with it", "ci-gone", testRunsGoWithTheirRepository},
		{"a dispatched workflow gets its inputs, and webhooks tell its course", "ci-dispatch", testADispatchedWorkflowGetsItsInputs},
		{"variables and secrets are read when a job starts, and no secret is kept", "ci-values", testValuesAreReadWhenAJobStarts},
		{"a restart of the server neither loses nor doubles a line", "ci-restart", testARestartLosesNoLine},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, newWorld(t, cluster, binary, test.namespace)) })
	}
}

func testAPushRunsItsWorkflowOnce(t *testing.T, w *world) {
	sha := w.push(goodWorkflow)
	w.deliver(sha)
	run, jobs := w.finish(sha)
	if run.GetConclusion() != "success" || len(jobs) != 2 {
		t.Fatalf("run = %v with %d jobs\n%s", run.GetConclusion(), len(jobs), w.log(jobs[len(jobs)-1].GetID()))
	}
	first, second := w.log(byName(t, jobs, "test").GetID()), w.log(byName(t, jobs, "image").GetID())
	if !strings.Contains(first, "the token is ***") || strings.Contains(first, "ghs_sesame") {
		t.Errorf("the token is not masked:\n%s", first)
	}
	if !strings.Contains(second, "got fish") || strings.Contains(second, " never\n") {
		t.Errorf("log of the second job:\n%s", second)
	}
	w.forge.git(filepath.Join(w.forge.root, "apps", "idp-a.git"), "rev-parse", "refs/heads/made")
	w.until("the statuses are posted", func() bool {
		w.forge.mu.Lock()
		defer w.forge.mu.Unlock()
		n := len(w.forge.statuses)
		return n > 0 && w.forge.statuses[n-1]["state"] == "success" && w.forge.statuses[n-1]["context"] == "CI / image"
	})
}

func testAFailingStepFailsTheRun(t *testing.T, w *world) {
	run, jobs := w.finish(w.push(failingWorkflow))
	log := w.log(byName(t, jobs, "test").GetID())
	if run.GetConclusion() != "failure" || !strings.Contains(log, "##[error]Process completed with exit code 3.") {
		t.Errorf("run = %s\n%s", run.GetConclusion(), log)
	}
	if strings.Contains(log, "Z not reached") || !strings.Contains(log, "Z cleaned") {
		t.Errorf("steps after the failure:\n%s", log)
	}
	if got := byName(t, jobs, "after").GetConclusion(); got != "skipped" {
		t.Errorf("the job that needs it is %s", got)
	}
	if _, err := w.github().Actions.RerunWorkflowByID(t.Context(), "apps", "idp-a", run.GetID()); err != nil {
		t.Fatal(err)
	}
	w.until("it has run again", func() bool {
		again := w.run(run.GetHeadSHA())
		return again.GetRunAttempt() == 2 && again.GetStatus() == "completed"
	})
}

func testAnUnsupportedActionIsRefused(t *testing.T, w *world) {
	run, _ := w.finish(w.push("on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: acme/thing@v1\n"))
	if run.GetConclusion() != "startup_failure" {
		t.Errorf("conclusion = %s", run.GetConclusion())
	}
}

func testACancelledRunStopsItsStep(t *testing.T, w *world) {
	sha := w.push("on: push\njobs: {a: {runs-on: x, steps: [{run: sleep 600}, {if: always(), run: echo cleaned}]}}\n")
	w.until("the step runs", func() bool { return w.run(sha).GetStatus() == "in_progress" })
	_, err := w.github().Actions.CancelWorkflowRunByID(t.Context(), "apps", "idp-a", w.run(sha).GetID())
	var accepted *github.AcceptedError
	if !errors.As(err, &accepted) {
		t.Fatal(err)
	}
	run, jobs := w.finish(sha)
	var refused *github.ErrorResponse
	_, err = w.github().Actions.CancelWorkflowRunByID(t.Context(), "apps", "idp-a", run.GetID())
	if !errors.As(err, &refused) || refused.Response.StatusCode != http.StatusConflict {
		t.Errorf("to cancel it again: %v", err)
	}
	if run.GetConclusion() != "cancelled" || !strings.Contains(w.log(jobs[0].GetID()), "Z cleaned") {
		t.Errorf("run = %s\n%s", run.GetConclusion(), w.log(jobs[0].GetID()))
	}
}

func testAPodThatIsDeleted(away bool) func(*testing.T, *world) {
	return func(t *testing.T, w *world) {
		sha := w.push("on: push\njobs: {a: {runs-on: x, steps: [{run: sleep 600}]}}\n")
		w.until("the step runs", func() bool { return w.run(sha).GetStatus() == "in_progress" })
		if away {
			w.stop()
		}
		kube := kubernetes.NewForConfigOrDie(w.cfg.Kubernetes).CoreV1()
		err := kube.Pods(w.cfg.Namespace).DeleteCollection(t.Context(), metav1.DeleteOptions{GracePeriodSeconds: new(int64(0))}, metav1.ListOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if away {
			w.start()
		}
		run, jobs := w.finish(sha)
		if run.GetConclusion() != "failure" || !strings.Contains(w.log(jobs[0].GetID()), "the job's pod") {
			t.Errorf("run = %s\n%s", run.GetConclusion(), w.log(jobs[0].GetID()))
		}
		w.until("its secret is gone", func() bool {
			list, err := kube.Secrets(w.cfg.Namespace).List(t.Context(), metav1.ListOptions{})
			return err == nil && len(list.Items) == 0
		})
	}
}

func testASilentRunnerFailsItsJob(t *testing.T, w *world) {
	var ahead atomic.Int64
	w.stop()
	w.cfg.Clock = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	w.start()
	mark := filepath.Join(t.TempDir(), "stopped")
	sha := w.push("on: push\njobs: {a: {runs-on: x, steps: [{run: kill -STOP $PPID; touch " + mark + "; sleep 30}]}}\n")
	w.until("the runner is stopped", func() bool { _, err := os.Stat(mark); return err == nil && w.run(sha).GetStatus() == "in_progress" })
	w.until("the run is completed", func() bool {
		ahead.Add(int64(3 * time.Minute)) // again, for a report may still have been on its way
		return w.run(sha).GetStatus() == "completed"
	})
	run, jobs := w.finish(sha)
	if run.GetConclusion() != "failure" || !strings.Contains(w.log(jobs[0].GetID()), "the runner was lost") {
		t.Errorf("run = %s\n%s", run.GetConclusion(), w.log(jobs[0].GetID()))
	}
}

func testAWarmRunnerTakesTheJob(t *testing.T, w *world) {
	w.stop()
	w.cfg.WarmRunners = 1
	w.start()
	run, jobs := w.finish(w.push("on: push\njobs: {a: {runs-on: x, steps: [{run: echo}]}}\n"))
	if run.GetConclusion() != "success" {
		t.Errorf("run = %s\n%s", run.GetConclusion(), w.log(jobs[0].GetID()))
	}
}

func testSparePodsWaitUntilJobsAreOver(t *testing.T, w *world) {
	var ahead atomic.Int64
	begin := time.Now()
	w.stop()
	w.cfg.WarmRunners = 2
	w.cfg.Clock = func() time.Time { return begin.Add(time.Duration(ahead.Load())) }
	w.start()
	kube := kubernetes.NewForConfigOrDie(w.cfg.Kubernetes).CoreV1()
	pods := func(want int, without ...string) func() bool {
		return func() bool {
			list, err := kube.Pods(w.cfg.Namespace).List(t.Context(), metav1.ListOptions{})
			return err == nil && len(list.Items) == want && !slices.ContainsFunc(list.Items, func(p corev1.Pod) bool { return slices.Contains(without, p.Name) })
		}
	}
	w.until("two pods wait for a job", pods(2))
	var took []string
	for _, said := range []string{"one", "two"} {
		_, jobs := w.finish(w.push("on: push\njobs: {a: {runs-on: x, steps: [{run: echo " + said + "}]}}\n"))
		took = append(took, jobs[0].GetRunnerName())
	}
	w.until("one pod waits while jobs have just been, and the latest job's rests", pods(2, took[0]))
	if _, err := kube.Pods(w.cfg.Namespace).Get(t.Context(), took[1], metav1.GetOptions{}); err != nil {
		t.Error(err)
	}
	ahead.Store(int64(time.Minute))
	w.until("two pods wait again and none rests", pods(2, took...))
}

func testADispatchedWorkflowGetsItsInputs(t *testing.T, w *world) {
	sha := w.forge.commit(map[string]string{workflowPath: "on: {workflow_dispatch: {inputs: {who: {type: string}}}}\njobs: {a: {runs-on: x, steps: [{run: 'echo hi ${{ inputs.who }} by ${{ github.actor }} at ${{ github.event.head_commit.id }}.'}]}}\n"})
	_, err := w.github().Actions.CreateWorkflowDispatchEventByFileName(t.Context(), "apps", "idp-a", "ci.yaml",
		github.CreateWorkflowDispatchEventRequest{Ref: "main", Inputs: map[string]any{"who": "ann"}})
	if err != nil {
		t.Fatal(err)
	}
	_, jobs := w.finish(sha)
	if log := w.log(jobs[0].GetID()); !strings.Contains(log, "Z hi ann by ann at .") {
		t.Errorf("log:\n%s", log)
	}
	want := []string{"workflow_run requested", "workflow_job queued", "workflow_run in_progress", "workflow_job in_progress",
		"workflow_job completed", "workflow_run completed"}
	w.until("all webhooks came", func() bool { return slices.Equal(w.forge.heard(), want) })
	var told github.WorkflowRunEvent
	if err := json.Unmarshal(w.forge.last, &told); err != nil {
		t.Fatal(err)
	}
	run := told.GetWorkflowRun()
	if run.GetEvent() != "workflow_dispatch" || run.GetHeadSHA() != sha || run.GetHeadBranch() != told.GetRepo().GetDefaultBranch() ||
		run.GetHeadCommit().GetMessage() != "first" || run.GetHeadCommit().GetTimestamp().IsZero() || run.GetActor().GetLogin() != "ann" || told.GetSender().GetLogin() != "ann" {
		t.Errorf("told is %s", w.forge.last)
	}
}

func testValuesAreReadWhenAJobStarts(t *testing.T, w *world) {
	w.forge.values = map[string]map[string]string{
		"variables": {"REGION": "eu", "TARGET": "prod"}, "secrets": {"TOKEN": "open-sesame", "KEY": "first line\nsecond line\n"}}
	run, jobs := w.finish(w.push(valuesWorkflow))
	log := w.log(byName(t, jobs, "in eu").GetID())
	if run.GetConclusion() != "success" {
		t.Fatalf("run = %s\n%s", run.GetConclusion(), log)
	}
	for _, want := range []string{"Z region eu", "Z token ***", "Z eleven 11", "Z ***\n", "Z encoded ***"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %q:\n%s", want, log)
		}
	}
	if got := byName(t, jobs, "never").GetConclusion(); got != "skipped" {
		t.Errorf("the job whose condition reads a variable is %s", got)
	}
	if asked := w.forge.queries(); !slices.Contains(asked, "environment=prod&repository_id=7") {
		t.Errorf("asked for %q", asked)
	}
	steps := byName(t, jobs, "in eu").Steps
	if name := steps[len(steps)-2].GetName(); name != "name it ***" {
		t.Errorf("the step is called %q", name)
	}
	w.stop()
	defer w.start()
	files, err := filepath.Glob(filepath.Join(w.cfg.Dir, "actions.db*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		for _, secret := range []string{"open-sesame", "first line", "second line", "b3Blbi1zZXNhbWU"} {
			if err != nil || bytes.Contains(text, []byte(secret)) {
				t.Errorf("%s has %q in the clear (%v)", file, secret, err)
			}
		}
	}
}

func testARestartLosesNoLine(t *testing.T, w *world) {
	flag := filepath.Join(t.TempDir(), "go")
	sha := w.push("on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n          for i in $(seq 200); do echo n$i; done\n          until test -e " + flag + "; do sleep 0.05; done\n          for i in $(seq 201 400); do echo n$i; done\n")
	w.until("the step runs", func() bool { return w.run(sha).GetStatus() == "in_progress" })
	w.stop()
	if err := exec.Command("touch", flag).Run(); err != nil {
		t.Fatal(err)
	}
	w.start()
	run, jobs := w.finish(sha)
	if n := strings.Count(w.log(jobs[0].GetID()), "Z n"); run.GetConclusion() != "success" || n != 400 {
		t.Errorf("run = %s with %d lines, want 400", run.GetConclusion(), n)
	}
}

func byName(t *testing.T, jobs []*github.WorkflowJob, name string) *github.WorkflowJob {
	t.Helper()
	for _, j := range jobs {
		if j.GetName() == name {
			return j
		}
	}
	t.Fatalf("no job %s", name)
	return nil
}
