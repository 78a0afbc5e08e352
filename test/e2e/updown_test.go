package e2e

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vishvananda/netlink"

	"github.com/pronto-platform/pronto/internal/client"
	"github.com/pronto-platform/pronto/test/platform"
)

// downLimit is how long `pronto down` may take.
const downLimit = 5 * time.Second

func TestUpAgainSaysThatItRunsAndChangesNothing(t *testing.T) {
	first(t)
	ctx := within(t, time.Minute)
	before := must[map[string]int](t)(p.PIDs(ctx))
	var said strings.Builder
	if err := p.Up(ctx, &said); err != nil || !strings.Contains(said.String(), p.URL("portal")) {
		t.Errorf("%v: it says %q", err, &said)
	}
	if after := must[map[string]int](t)(p.PIDs(ctx)); !maps.Equal(before, after) {
		t.Errorf("processes were %v and are %v", before, after)
	}
}

func TestUpThenDownThenUp(t *testing.T) {
	first(t)
	ctx := within(t, 5*time.Minute)
	names := liveApps(t)
	processes := map[int]string{}
	for _, pid := range must[map[string]int](t)(p.PIDs(ctx)) {
		maps.Copy(processes, platform.Tree(pid))
	}
	began := time.Now()
	_, err := p.Run(ctx, "down")
	if took := time.Since(began); err != nil || took > downLimit {
		t.Errorf("down took %s, %v; want at most %s", took, err, downLimit)
	}
	t.Run("down leaves nothing behind", func(t *testing.T) { nothingLeft(t, processes) })
	if _, err := p.Run(ctx, "apps"); platform.ExitCode(err) != 5 {
		t.Errorf("pronto apps, without a platform: %v", err)
	}
	began = time.Now()
	var said strings.Builder
	if err := p.Up(ctx, &said); err != nil {
		t.Fatalf("up: %v\n%s", err, &said)
	}
	t.Logf("all parts ready in %.1f s", time.Since(began).Seconds())
	for _, name := range names {
		app := must[client.App](t)(p.WaitLive(ctx, name))
		if app.Public {
			waitAnswer(ctx, t, name)
		}
	}
	t.Logf("%d applications live again after %.1f s", len(names), time.Since(began).Seconds())
}

// liveApps are the names of those that must come back.
func liveApps(t *testing.T) []string {
	t.Helper()
	apps := must[[]client.App](t)(p.API.Apps(t.Context()))
	var names []string
	for _, app := range apps {
		if app.Status == "live" {
			names = append(names, app.Name)
		}
	}
	return names
}

// nothingLeft looks for whatever of the platform is still on the machine.
func nothingLeft(t *testing.T, processes map[int]string) {
	for pid, line := range processes {
		if now := platform.Tree(pid)[pid]; now == line {
			t.Errorf("process %d is left: %s", pid, line)
		}
	}
	if mounts := string(must[[]byte](t)(os.ReadFile("/proc/self/mountinfo"))); strings.Contains(mounts, p.State) {
		t.Errorf("mounts are left: %s", mounts)
	}
	if groups, _ := filepath.Glob("/sys/fs/cgroup/*/" + platform.Bridge); len(groups) > 0 || exists("/sys/fs/cgroup/"+platform.Bridge) {
		t.Errorf("control groups are left: %v", groups)
	}
	noLinks(t)
	noRules(t)
	portsAreFree(t)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, os.ErrNotExist)
}

func noLinks(t *testing.T) {
	t.Helper()
	for _, link := range must[[]netlink.Link](t)(netlink.LinkList()) {
		if strings.HasPrefix(link.Attrs().Name, platform.Bridge) {
			t.Errorf("the link %s is left", link.Attrs().Name)
		}
	}
	for _, route := range must[[]netlink.Route](t)(netlink.RouteList(nil, netlink.FAMILY_V4)) {
		for _, own := range []string{platform.Gateway + "/24", platform.Pods, platform.Services} {
			if route.Dst != nil && netip.MustParsePrefix(own).Masked().String() == route.Dst.String() {
				t.Errorf("the route %s is left", route)
			}
		}
	}
}

func noRules(t *testing.T) {
	t.Helper()
	tables := must[string](t)(p.Tool(within(t, 10*time.Second), "", "nft", "list", "tables"))
	if strings.Contains(tables, "pronto_"+platform.Bridge) {
		t.Errorf("a table is left: %s", tables)
	}
}

func portsAreFree(t *testing.T) {
	t.Helper()
	for _, address := range []string{platform.Edge + ":" + platform.HTTPSPort, platform.Edge + ":" + platform.HTTPPort, platform.DNS} {
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", address)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		_ = l.Close()
	}
}

// A visitor must be told apart from one who came before the platform did.
func TestUpServesThePortalToStrangers(t *testing.T) {
	ctx := within(t, 20*time.Second)
	err := platform.Eventually(ctx, "the portal's page", func(ctx context.Context) error {
		a, err := get(ctx, p.URL("portal")+"/")
		if err == nil && (a.StatusCode != http.StatusOK || !strings.Contains(string(a.body), "<html")) {
			err = fmt.Errorf("%s: %.200s", a.Status, a.body)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
