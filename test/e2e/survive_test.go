package e2e

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/pronto-platform/pronto/internal/client"
	"github.com/pronto-platform/pronto/test/platform"
)

// A delivery is begun and the platform killed, at two moments: right after
// the form was taken, and in the middle of the build.
func TestAKilledPlatformLosesNoRequestAndNoDelivery(t *testing.T) {
	first(t)
	for name, moment := range map[string]func(client.App) bool{
		"kill1": func(client.App) bool { return true },
		"kill2": func(app client.App) bool {
			return app.Delivery != nil && app.Delivery.Phases[1].Status == "running" && app.Delivery.RunID != 0
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := within(t, 3*time.Minute)
			stop := load(t, firstName)
			_ = must[string](t)(p.Run(ctx, "create", name, "--set", "replicas=1"))
			must[client.App](t)(p.WaitApp(ctx, name, moment))
			before := must[int](t)(p.Kill(ctx, "platform"))
			must[int](t)(p.WaitRestart(ctx, "platform", before))
			app := must[client.App](t)(p.WaitApp(ctx, name, ended))
			stop()
			if app.Status != "live" {
				t.Errorf("status %q: %s", app.Status, app.Reason)
			}
			logPhases(t, app)
			onceOnly(ctx, t, name)
		})
	}
}

func ended(app client.App) bool { return app.Status == "live" || app.Status == "failed" }

// onceOnly checks that a delivery that was interrupted did nothing twice.
func onceOnly(ctx context.Context, t *testing.T, name string) {
	t.Helper()
	var repositories []struct{ Name string }
	if status, err := forge(ctx, "orgs/apps/repos?per_page=100", &repositories); err != nil || status != http.StatusOK {
		t.Fatalf("repositories: %d, %v", status, err)
	}
	if n := count(repositories, func(r struct{ Name string }) bool { return r.Name == "idp-"+name }); n != 1 {
		t.Errorf("%d repositories, want 1", n)
	}
	var runs struct {
		TotalCount int `json:"total_count"`
	}
	if status, err := forge(ctx, "repos/apps/idp-"+name+"/actions/runs", &runs); err != nil || runs.TotalCount != 1 {
		t.Errorf("%d workflow runs (%d, %v), want 1", runs.TotalCount, status, err)
	}
	var entities []struct{ Metadata struct{ Name string } }
	filter := url.Values{"filter": {"kind=component,metadata.name=idp-" + name}}
	if status, err := portal(ctx, "/api/catalog/entities?"+filter.Encode(), &entities); err != nil || len(entities) != 1 {
		t.Errorf("%d catalog entries (%d, %v), want 1", len(entities), status, err)
	}
}

func count[T any](list []T, is func(T) bool) (n int) {
	for _, v := range list {
		if is(v) {
			n++
		}
	}
	return n
}

func TestAKilledSupervisorIsReplacedAndItsChildrenGoOn(t *testing.T) {
	first(t)
	ctx := within(t, time.Minute)
	stop := load(t, firstName)
	before := must[map[string]int](t)(p.PIDs(ctx))
	pid := must[int](t)(p.Kill(ctx, "supervisor"))
	waitGone(ctx, t, pid)
	if err := p.Up(ctx, io.Discard); err != nil {
		t.Fatal(err)
	}
	stop()
	after := must[map[string]int](t)(p.PIDs(ctx))
	for _, name := range []string{"platform", "edge", "node"} {
		if before[name] == 0 || after[name] != before[name] {
			t.Errorf("%s was process %d and is %d; want it adopted", name, before[name], after[name])
		}
	}
	if after["supervisor"] == 0 || after["supervisor"] == pid {
		t.Errorf("the supervisor is process %d", after["supervisor"])
	}
}

// waitGone waits until a process has ended (a zombie nobody has waited for has too).
func waitGone(ctx context.Context, t *testing.T, pid int) {
	t.Helper()
	err := platform.Eventually(ctx, fmt.Sprintf("end of process %d", pid), func(context.Context) error {
		if line, alive := platform.Tree(pid)[pid]; alive && !errors.Is(unix.Kill(pid, 0), syscall.ESRCH) {
			return fmt.Errorf("it still runs: %s", line)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAKilledEdgeComesBackByItself(t *testing.T) {
	first(t)
	ctx := within(t, time.Minute)
	before := must[int](t)(p.Kill(ctx, "edge"))
	must[int](t)(p.WaitRestart(ctx, "edge", before))
	waitAnswer(ctx, t, firstName)
	if app := must[client.App](t)(p.WaitLive(ctx, firstName)); app.URL == "" {
		t.Error("the app has lost its address")
	}
}

func TestAKilledKubeletIsStartedAgain(t *testing.T) {
	first(t)
	ctx := within(t, 2*time.Minute)
	stop := load(t, firstName)
	before := must[int](t)(p.Component(ctx, "kubelet"))
	if err := unix.Kill(before, unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	err := platform.Eventually(ctx, "restart of the kubelet", func(ctx context.Context) error {
		now, err := p.Component(ctx, "kubelet")
		if err == nil && now == before {
			err = errors.New("it has the same id")
		}
		if err != nil {
			return err
		}
		_, err = p.Kubectl(ctx, "exec", "-n", firstName, "deploy/"+firstName, "--", "node", "--version") // through the kubelet
		return err
	})
	stop()
	if err != nil {
		t.Error(err)
	}
}

func TestAKilledNodeIsRebuiltOnItsState(t *testing.T) {
	first(t)
	ctx := within(t, 3*time.Minute)
	began := time.Now()
	before := must[int](t)(p.Kill(ctx, "node"))
	must[int](t)(p.WaitRestart(ctx, "node", before))
	waitAnswer(ctx, t, firstName)
	t.Logf("the app answers again %.1f s after", time.Since(began).Seconds())
	app := must[client.App](t)(p.Create(ctx, "after1", "replicas=1"))
	if app.Status != "live" {
		t.Errorf("a delivery on the rebuilt node: %s (%s)", app.Status, app.Reason)
	}
	if err := p.Delete(ctx, "after1"); err != nil {
		t.Error(err)
	}
}
