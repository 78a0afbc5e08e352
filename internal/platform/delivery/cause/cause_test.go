package cause

import (
	"strings"
	"testing"
	"time"
)

var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// failedRun is a run whose step failed with these last lines.
func failedRun(step string, lines ...string) Facts {
	return Facts{Phase: build, Failed: true, Now: now, Reason: "step failed",
		Run: &Run{Name: "ci", Status: completed, Conclusion: "failure", Job: "ci", Step: step, ExitCode: "1", Lines: lines}}
}

func ended(conclusion string, lines ...string) Facts {
	f := failedRun("", lines...)
	f.Run.Conclusion, f.Run.Job = conclusion, ""
	return f
}

func synced(messages ...string) Facts {
	return Facts{Phase: sync, Failed: true, Now: now, Reason: "the sync failed", Messages: messages}
}

func refused(message string) Facts {
	return Facts{Phase: sync, Failed: true, Now: now, Refused: message}
}

func pod(c Container, events ...Event) Facts {
	c.Name = "app"
	return Facts{Phase: sync, Now: now, Pods: []Pod{{Name: "hello-1", Containers: []Container{c}}}, Events: events, Nodes: []string{"amd64"}}
}

func unplaced(architecture, message string) Facts {
	return Facts{Phase: sync, Now: now, Nodes: []string{"amd64"}, Pods: []Pod{{Name: "hello-1", Architecture: architecture, Unschedulable: message}}}
}

func running(since time.Duration) Container {
	return Container{StartedAt: now.Add(-since), Probe: "GET /readyz on port 8080", Port: "8080"}
}

func unhealthy(message string) Event {
	return Event{Kind: "Pod", Name: "hello-1", Reason: "Unhealthy", Message: message}
}

func ingress(reason, message string) Facts {
	return Facts{Phase: expose, Now: now, Name: &Name{Host: "hello.x", Reason: "waits for the record"},
		Events: []Event{{Kind: "Ingress", Name: "hello", Reason: reason, Message: message}}}
}

func served(f Facts) Facts {
	f.Name.OK = true
	return f
}

const refusedProbe = `Readiness probe failed: Get "http://10.42.0.9:8080/readyz": dial tcp 10.42.0.9:8080: connect: connection refused`

// recognised is what is seen of each trouble, the code it gets and words of its sentence.
var recognised = map[string]struct {
	facts          Facts
	code, sentence string
}{
	"task":          {Facts{Phase: create, Failed: true, Reason: "publish:github: name already exists"}, TaskFailed, "The task that makes the application failed."},
	"TAP test":      {failedRun("Test", "not ok 2 - knows the path (3ms)", "##[error]Process completed with exit code 1."), TestFails, `The test "knows the path" fails.`},
	"go test":       {failedRun("Test", "--- FAIL: TestHello (0.00s)", "##[error]x"), TestFails, `The test "TestHello" fails.`},
	"pytest":        {failedRun("Test", "FAILED tests/test_app.py::test_root - assert 1", "##[error]x"), TestFails, `The test "tests/test_app.py::test_root" fails.`},
	"node's list":   {failedRun("Test", "#9 1.2 ✖ knows the path (3.1ms)", "##[error]x"), TestFails, `The test "knows the path" fails.`},
	"nameless test": {failedRun("Run tests", "##[error]Process completed with exit code 1."), TestFails, `Step "Run tests" failed: the tests do not pass.`},
	"unknown instruction": {failedRun("Test", "##[error]build: failed to solve: dockerfile parse error on line 3: unknown instruction: RUNN (did you mean RUN?)"),
		DockerfileError, "The Dockerfile is not valid at line 3: unknown instruction: RUNN (did you mean RUN?)."},
	"copy": {failedRun("Build and push", `##[error]build: failed to solve: failed to compute cache key: failed to calculate checksum of ref a::b: "/nofile": not found`),
		DockerfileError, `copies "/nofile", which is not in the repository`},
	"command": {failedRun("Build and push", `##[error]build: failed to solve: process "/bin/sh -c npm cii" did not complete successfully: exit code: 1`),
		DockerfileError, "command `/bin/sh -c npm cii` failed (exit code: 1)"},
	"base": {failedRun("Test", "##[error]build: failed to solve: registry.x/base/nothing:1: failed to resolve source metadata for registry.x/base/nothing:1: registry.x/base/nothing:1: not found"),
		BaseImageMissing, "The base image registry.x/base/nothing:1 does not exist"},
	"base with a port": {failedRun("Test", "##[error]failed to resolve source metadata for registry.x:8443/base/nothing:1: not found"), BaseImageMissing, "registry.x:8443/base/nothing:1 does"},
	"push": {failedRun("Build and push", "##[error]build: failed to solve: failed to push registry.x/other:1: unexpected status: 403 Forbidden"),
		PushRefused, "The registry refuses the image registry.x/other:1."},
	"full": {failedRun("Build and push", "##[error]build: failed to solve: failed to push registry.x/a:1: unexpected status from PUT request to https://registry.x/v2/a/blobs: 507 Insufficient Storage"),
		RegistryFull, "no room"},
	"protected": {failedRun("Deploy", "remote: error: GH006: Protected branch update failed for refs/heads/main.", "##[error]x could not be written"),
		ProtectedBranch, "protected branch refuses the commit"},
	"workflow":    {ended("startup_failure", `.github/workflows/ci.yaml:9: unexpected key "step"`), WorkflowInvalid, `ci.yaml:9: unexpected key "step".`},
	"cancelled":   {ended("cancelled"), RunCancelled, "was cancelled"},
	"too long":    {ended("timed_out"), RunTooLong, "took longer than its timeout"},
	"lost runner": {failedRun("Test", "##[error]the runner was lost"), RunnerLost, "The runner was lost"},
	"cannot run":  {failedRun("Set up job", "##[error]the job's pod cannot start: ImagePullBackOff: x"), NoRunner, "No runner can start: ImagePullBackOff: x."},
	"other step":  {failedRun("Lint", "##[error]Process completed with exit code 1."), StepFailed, `Step "Lint" of job "ci" failed with exit code 1.`},
	"queued":      {Facts{Phase: build, Now: now, Run: &Run{Status: "queued", QueuedAt: now.Add(-time.Minute)}}, NoRunner, "No runner is free"},
	"no run":      {Facts{Phase: build, Reason: "no workflow run has started for this commit; see"}, NoRun, "No workflow run has started"},
	"undelivered": {Facts{Phase: build, Failed: true, Reason: "the workflow run succeeded but the registry has no image with tag sha-1", Run: &Run{Status: completed, Conclusion: "success"}}, NotDelivered, "did not deliver: the registry has no image with tag sha-1."},

	"yaml":       {synced(`Failed to load target state: Failed to unmarshal "service.yaml": yaml: line 3: did not find expected key`), ManifestsInvalid, "The manifest service.yaml cannot be read: yaml: line 3"},
	"field":      {synced(`one or more objects failed to apply, reason: Service "hello" is invalid: spec.ports: Required value`), ManifestsInvalid, `The manifest of Service "hello" is not valid: spec.ports: Required value.`},
	"kind":       {synced(`no matches for kind "Srvice" in version "v1"`), ManifestsInvalid, `no matches for kind "Srvice" in version "v1".`},
	"project":    {synced("resource rbac.authorization.k8s.io:ClusterRole is not permitted in project apps"), NotPermitted, "The project apps does not permit the resource rbac.authorization.k8s.io:ClusterRole."},
	"elsewhere":  {synced("namespace kube-system is not permitted in project 'apps'"), NotPermitted, "The project apps does not permit the namespace kube-system."},
	"role":       {synced(`pods is forbidden: User "system:serviceaccount:argocd:x" cannot create resource "pods"`), NotPermitted, `User "system:serviceaccount:argocd:x" cannot create`},
	"shared":     {synced("Shared resource found: Service/web is part of applications idp-a and idp-b"), SharedResource, "Service/web belongs to the application idp-b already."},
	"quota":      {refused(`pods "a" is forbidden: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2`), QuotaExceeded, "quota small is used up: pods=1 is asked for, pods=2 is in use, pods=2 is allowed."},
	"unnamed":    {refused(`pods "a" is forbidden: failed quota: small: must specify limits.cpu for: app`), QuotaExceeded, "name its limits.cpu for: app."},
	"privileged": {refused(`pods "a" is forbidden: violates PodSecurity "restricted:latest": privileged (container "app" must not set securityContext.privileged=true)`), PodSecurity, `level restricted:latest: privileged (container "app"`},
	"arm64":      {unplaced("arm64", "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector."), NoArchitecture, "No node has the architecture arm64; the cluster has amd64."},
	"no room":    {unplaced("amd64", "0/1 nodes are available: 1 Insufficient memory."), NoRoom, "No node takes the pod: 0/1 nodes are available: 1 Insufficient memory."},
	"pull":       {pod(Container{Waiting: "ImagePullBackOff", Image: "registry.x/a@sha256:1", Message: "Back-off pulling image"}), ImagePull, "The image registry.x/a@sha256:1 cannot be pulled."},
	"no registry": {pod(Container{Waiting: "ImagePullBackOff", Image: "registry.x/a@sha256:1", Message: "Back-off pulling image: dial tcp 192.0.2.1:443: connect: connection refused"}),
		ImagePull, "because its registry does not answer."},
	"no secret": {pod(Container{Waiting: "CreateContainerConfigError", Message: `secret "db" not found`}), ConfigMissing, `cannot be started: secret "db" not found.`},
	"OOM":       {pod(Container{Ended: &End{137, "OOMKilled", ""}, Memory: "8Mi", Restarts: 2}), OutOfMemory, "more memory than its limit of 8Mi."},
	"OOM at once": {pod(Container{Waiting: "RunContainerError", Message: "container init was OOM-killed (memory limit too low?)", Memory: "1Mi"}),
		OutOfMemory, "more memory than its limit of 1Mi."},
	"crash":         {pod(Container{Ended: &End{3, "Error", ""}}), Crash, "crashes when it starts (exit code 3)."},
	"other program": {pod(Container{Waiting: "RunContainerError", Message: "exec /app: exec format error"}), NoArchitecture, "built for another architecture"},
	"wrong port":    {pod(running(time.Minute), unhealthy(refusedProbe)), WrongPort, "Nothing listens on port 8080 of the container app."},
	"started":       {pod(running(time.Minute), unhealthy(refusedProbe), unhealthy("Readiness probe failed: HTTP probe failed with statuscode: 404")), ProbeFails, "does not answer its probe"},
	"probe":         {pod(running(time.Minute), unhealthy("Readiness probe failed: HTTP probe failed with statuscode: 500")), ProbeFails, "does not answer its probe (GET /readyz on port 8080)."},

	"record":      {ingress("RecordNotOwned", "record hello.x not owned: it belongs to Ingress/other/web of owner pronto"), RecordNotOwned, "The record hello.x is not the application's: it belongs to Ingress/other/web of owner pronto."},
	"host":        {served(ingress("RouteConflict", `host "hello.x" path "/" is held by the older Ingress other/web, which keeps it`)), HostTaken, "The host hello.x is taken by the Ingress other/web"},
	"reserved":    {served(ingress("HostReserved", `host "git.x" belongs to the platform itself; choose another host`)), HostRefused, `host "git.x" belongs to the platform itself.`},
	"other":       {Facts{Phase: expose, Name: &Name{Host: "hello.x", Address: "192.0.2.1", Reason: "the record names"}}, RecordElsewhere, "hello.x leads to 192.0.2.1"},
	"certificate": {Facts{Phase: expose, Edge: &Edge{Reason: "the certificate is not accepted: x509: certificate has expired"}}, Certificate, "not accepted: x509: certificate has expired."},
	"500":         {Facts{Phase: live, Answer: &Answer{URL: "https://hello.x", Code: 500, Reason: "the application answers 500"}}, ServerError, "The application answers 500 at https://hello.x."},
	"lost":        {Facts{Phase: live, Failed: true, Answer: &Answer{Reason: "no answer within 3s"}}, NoAnswer, "was live and does not answer any more: no answer within 3s."},
}

func TestEachCauseIsRecognised(t *testing.T) {
	for name, c := range recognised {
		got := Explain(c.facts)
		if got == nil {
			t.Errorf("%s: no cause, want %s", name, c.code)
			continue
		}
		if got.Code != c.code || !strings.Contains(got.Sentence, c.sentence) {
			t.Errorf("%s: %s %q; want %s %q", name, got.Code, got.Sentence, c.code, c.sentence)
		}
		if got.Remedy == "" || got.Phase != c.facts.Phase || strings.Contains(got.Sentence+got.Remedy, "${") || strings.HasSuffix(got.Sentence, "..") || !strings.HasSuffix(got.Sentence, ".") {
			t.Errorf("%s: %+v; want a whole sentence and a remedy", name, got)
		}
	}
}

func TestWhatMerelyTakesItsTimeHasNoCause(t *testing.T) {
	for name, f := range map[string]Facts{
		"nothing":         {Phase: sync},
		"queued just now": {Phase: build, Now: now, Run: &Run{Status: "queued", QueuedAt: now.Add(-time.Second)}},
		"a run":           {Phase: build, Now: now, Run: &Run{Status: "in_progress", Lines: []string{"Protected branch"}}},
		"starting":        pod(running(2*time.Second), unhealthy(refusedProbe)),
		"creating":        pod(Container{Waiting: "ContainerCreating"}),
		"certificate":     {Phase: expose, Edge: &Edge{Reason: "waits for the certificate (tls: internal error)"}},
		"edge's 503":      {Phase: live, Answer: &Answer{Code: 503, Edge: true}},
		"owned by now":    served(ingress("RecordNotOwned", "record hello.x not owned: it belongs to x")),
	} {
		if got := Explain(f); got != nil {
			t.Errorf("%s: %+v, want none", name, got)
		}
	}
}

func TestACauseThatIsNotKnownSaysSoAndShowsTheFacts(t *testing.T) {
	f := synced("the moon is full")
	f.Pods = []Pod{{Name: "hello-1", Containers: []Container{{Name: "app", Waiting: "Strange", Message: "very"}}}}
	f.Events = []Event{{"Pod", "hello-1", "Odd", "something odd"}}
	got := Explain(f)
	if got.Code != Unknown || !strings.Contains(got.Sentence, "not known") {
		t.Fatalf("%+v; want an unknown cause", got)
	}
	text := strings.Join(got.Facts, "\n")
	for _, want := range []string{"the sync failed", "the moon is full", "Strange very", "Odd Pod/hello-1: something odd"} {
		if !strings.Contains(text, want) {
			t.Errorf("the facts do not hold %q:\n%s", want, text)
		}
	}
}

func TestTheLinesThatDecideAreShown(t *testing.T) {
	f := failedRun("Deploy", "remote: error: GH006: Protected branch update failed", "##[error]x")
	if got := Explain(f).Lines; len(got) != 2 {
		t.Errorf("a build shows %q, want the whole end of its log", got)
	}
	f = pod(running(time.Minute), unhealthy(refusedProbe), Event{Kind: "Pod", Reason: "Other", Message: "no"})
	if got := Explain(f).Lines; len(got) != 1 || !strings.Contains(got[0], "connection refused") {
		t.Errorf("a probe shows %q, want its event alone", got)
	}
	f = pod(Container{Ended: &End{Code: 1}})
	f.Log = []string{"Error: Cannot find module 'x'"}
	if got := Explain(f).Lines; len(got) != 1 || got[0] != f.Log[0] {
		t.Errorf("a crash shows %q, want the container's last lines", got)
	}
}

func TestOnlyWhereAnOldVersionIsLiveItIsSaidToStaySo(t *testing.T) {
	facts := pod(Container{Ended: &End{3, "Error", ""}})
	if remedy := Explain(facts).Remedy; !strings.HasSuffix(remedy, "Mend it and push.") {
		t.Errorf("of a first delivery: %q", remedy)
	}
	facts.Live = true
	if remedy := Explain(facts).Remedy; !strings.HasSuffix(remedy, "Mend it and push; the old version stays live until then.") {
		t.Errorf("of a later one: %q", remedy)
	}
}
