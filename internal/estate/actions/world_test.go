package actions_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-github/v74/github"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/pronto-platform/pronto/internal/base/part/parttest"
	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/estate/actions"
)

const workflowPath = ".github/workflows/ci.yaml"

// world is everything around the part.
type world struct {
	t     *testing.T
	forge *forgeServer
	cfg   actions.Config
	stop  func()
}

func newWorld(t *testing.T, cluster *rest.Config, binary, namespace string) *world {
	forge := newForge(t)
	base, err := url.Parse(forge.URL)
	if err != nil {
		t.Fatal(err)
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	forge.app = &key.PublicKey
	w := &world{t: t, forge: forge, cfg: actions.Config{Dir: t.TempDir(), URL: base, Organization: "apps", AppID: 1, AppKey: key,
		WebhookSecret: secret.New("hook"), HTTPClient: forge.Client(), Kubernetes: cluster, Namespace: namespace,
		RunnerImage: "registry.test/base/runner:1", Webhooks: []actions.Webhook{{URL: forge.URL + "/hook", Secret: secret.New("out")}}, Logger: slog.New(slog.NewTextHandler(t.Output(), nil))}}
	w.start()
	t.Cleanup(func() { w.stop() })
	w.startKubelet(cluster, binary, namespace)
	return w
}

func (w *world) startKubelet(cluster *rest.Config, binary, namespace string) {
	kube, err := kubernetes.NewForConfig(cluster)
	if err != nil {
		w.t.Fatal(err)
	}
	k := &kubelet{t: w.t, kube: kube, binary: binary}
	ctx, cancel := context.WithCancel(context.Background())
	started, done := make(chan struct{}), make(chan struct{})
	go func() { defer close(done); k.run(ctx, namespace, started) }()
	<-started
	w.t.Cleanup(func() { cancel(); <-done })
}

// start runs the part until stop.
func (w *world) start() {
	part, err := actions.New(w.cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	end := parttest.Start(w.t, part.Run)
	w.forge.use(part.Handler())
	w.stop = func() {
		w.forge.use(nil)
		end()
	}
}

// push commits a workflow and delivers the event.
func (w *world) push(workflow string) string {
	w.t.Helper()
	sha := w.forge.commit(map[string]string{workflowPath: workflow, "README.md": "hello"})
	w.deliver(sha)
	return sha
}

func (w *world) deliver(sha string) {
	w.t.Helper()
	w.deliverOf(7, sha)
}

// deliverOf delivers a push to the repository with that id.
func (w *world) deliverOf(id int64, sha string) {
	w.t.Helper()
	w.event("push", map[string]any{"ref": "refs/heads/main", "before": strings.Repeat("0", 40), "after": sha,
		"repository": map[string]any{"id": id, "full_name": "apps/idp-a", "name": "idp-a"}, "sender": map[string]any{"login": "ann", "type": "User"},
		"head_commit": map[string]any{"id": sha, "message": "first"}, "commits": []any{}})
}

// event delivers an event of the forge.
func (w *world) event(name string, payload map[string]any) {
	w.t.Helper()
	body, err := json.Marshal(payload)
	if err != nil {
		w.t.Fatal(err)
	}
	mac := hmac.New(sha256.New, []byte("hook"))
	mac.Write(body)
	request, err := http.NewRequest(http.MethodPost, w.forge.URL+"/_services/actions/webhook", bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	request.Header.Set("X-GitHub-Event", name)
	request.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	response, err := w.forge.Client().Do(request)
	if err != nil || response.StatusCode/100 != 2 {
		w.t.Fatalf("deliver: %v %v", response, err)
	}
}

func (w *world) github() *github.Client {
	client, err := github.NewClient(w.forge.Client()).WithAuthToken("ghp_user").WithEnterpriseURLs(w.forge.URL, w.forge.URL)
	if err != nil {
		w.t.Fatal(err)
	}
	return client
}

func (w *world) run(sha string) *github.WorkflowRun {
	w.t.Helper()
	runs, _, err := w.github().Actions.ListRepositoryWorkflowRuns(w.t.Context(), "apps", "idp-a", &github.ListWorkflowRunsOptions{HeadSHA: sha})
	if err != nil || runs.GetTotalCount() != 1 {
		w.t.Fatalf("runs of %s: %v, %v", sha, runs, err)
	}
	return runs.WorkflowRuns[0]
}

// until polls with a deadline: the REST has no way to wait.
func (w *world) until(what string, holds func() bool) {
	w.t.Helper()
	deadline, tick := time.After(60*time.Second), time.NewTicker(50*time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-deadline:
			w.t.Fatalf("timed out waiting until %s", what)
		case <-tick.C:
		}
	}
}

func (w *world) finish(sha string) (*github.WorkflowRun, []*github.WorkflowJob) {
	w.t.Helper()
	w.until("the run is completed", func() bool { return w.run(sha).GetStatus() == "completed" })
	run := w.run(sha)
	jobs, _, err := w.github().Actions.ListWorkflowJobs(w.t.Context(), "apps", "idp-a", run.GetID(), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return run, jobs.Jobs
}

func (w *world) log(id int64) string {
	w.t.Helper()
	address, _, err := w.github().Actions.GetWorkflowJobLogs(w.t.Context(), "apps", "idp-a", id, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	response, err := w.forge.Client().Get(address.String())
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(text)
}
