package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/pronto-platform/pronto/internal/client"
	"github.com/pronto-platform/pronto/test/platform"
)

// statedApp is the JSON that is promised of `pronto app NAME -o json`, field by field.
type statedApp struct {
	Name       *string
	URL        *string
	Status     *string
	Repository *string
	Delivery   *struct {
		ID, Revision, Image   *string
		StartedAt, FinishedAt *time.Time
		Seconds               *float64
		Phases                []statedPhase
	}
}

type statedPhase struct {
	Name, Status          *string
	StartedAt, FinishedAt *time.Time
	Seconds               *float64
	Evidence              map[string]any
}

func TestFormToLive(t *testing.T) {
	app := first(t)
	if app.Status != "live" || app.URL != p.URL(firstName) {
		t.Errorf("status %q, url %q; want live at %s", app.Status, app.URL, p.URL(firstName))
	}
	logPhases(t, app)
}

func logPhases(t *testing.T, app client.App) {
	t.Helper()
	t.Logf("%s is %s after %.1f s", app.Name, app.Status, app.Delivery.Seconds)
	for _, phase := range app.Delivery.Phases {
		t.Logf("  %-7s %-8s %5.1f s %s", phase.Name, phase.Status, phase.Seconds, phase.Reason)
	}
}

func TestTheAppsJSONIsAsStated(t *testing.T) {
	first(t)
	raw := must[string](t)(p.Run(within(t, 10*time.Second), "app", firstName, "-o", "json"))
	var app statedApp
	if err := json.NewDecoder(bytes.NewReader([]byte(raw))).Decode(&app); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	d := app.Delivery
	if app.Name == nil || app.URL == nil || app.Status == nil || app.Repository == nil || d == nil {
		t.Fatalf("a field is missing in %s", raw)
	}
	if d.ID == nil || d.Revision == nil || d.Image == nil || d.StartedAt == nil || d.FinishedAt == nil || d.Seconds == nil {
		t.Fatalf("a field of delivery is missing in %s", raw)
	}
	if !strings.Contains(*d.Image, "idp-"+firstName+":sha-"+(*d.Revision)[:7]+"@sha256:") {
		t.Errorf("image %q; want that of %s with its digest", *d.Image, *d.Revision)
	}
	checkPhases(t, d.Phases)
}

func checkPhases(t *testing.T, phases []statedPhase) {
	t.Helper()
	want := []string{"create", "build", "sync", "expose", "live"}
	var got []string
	for _, phase := range phases {
		if phase.Name == nil || phase.Status == nil || phase.StartedAt == nil || phase.FinishedAt == nil || phase.Seconds == nil {
			t.Fatalf("a field is missing in phase %+v", phase)
		}
		got = append(got, *phase.Name)
		if *phase.Status != "done" {
			t.Errorf("%s is %s", *phase.Name, *phase.Status)
		}
		if len(phase.Evidence) == 0 {
			t.Errorf("%s has no evidence", *phase.Name)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("phases %v, want %v", got, want)
	}
}

func TestHTTPSIsAnsweredByThePodsOfTheRevision(t *testing.T) {
	app := first(t)
	ctx := within(t, 10*time.Second)
	a := must[answer](t)(get(ctx, app.URL))
	if a.StatusCode != http.StatusOK || a.Proto != "HTTP/2.0" || len(a.TLS.VerifiedChains) == 0 {
		t.Errorf("%s over %s, %d verified chains", a.Status, a.Proto, len(a.TLS.VerifiedChains))
	}
	if got := a.Header.Get("Content-Type"); !strings.HasPrefix(got, "application/json") {
		t.Errorf("content type %q", got)
	}
	if got := a.Header.Get("X-Revision"); got != app.LiveRevision {
		t.Errorf("X-Revision %q, the live revision is %q", got, app.LiveRevision)
	}
	if names := podNames(ctx, t, firstName); !slices.Contains(names, a.Pod) {
		t.Errorf("%q answered; the pods are %v", a.Pod, names)
	}
}

func TestHTTPIsSentToHTTPS(t *testing.T) {
	first(t)
	c := *p.HTTP
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	req, err := http.NewRequestWithContext(within(t, 10*time.Second), http.MethodGet, "http://"+firstName+"."+platform.Domain+":"+platform.HTTPPort+"/x?y=z", nil)
	if err != nil {
		t.Fatal(err)
	}
	res := must[*http.Response](t)(c.Do(req))
	defer res.Body.Close()
	if got := res.Header.Get("Location"); res.StatusCode/100 != 3 || got != p.URL(firstName)+"/x?y=z" {
		t.Errorf("%s to %q, want a redirect to %s/x?y=z", res.Status, got, p.URL(firstName))
	}
}

type podList struct {
	Items []struct {
		Metadata struct {
			Name              string
			DeletionTimestamp *time.Time
		}
		Status struct {
			Phase             string
			ContainerStatuses []struct{ Ready bool }
		}
	}
}

// pods are those of a namespace that are not on their way out.
func pods(ctx context.Context, t *testing.T, namespace string) podList {
	t.Helper()
	raw := must[string](t)(p.Kubectl(ctx, "get", "pods", "-n", namespace, "-o", "json"))
	var list podList
	if err := json.Unmarshal([]byte(raw), &list); err != nil {
		t.Fatal(err)
	}
	kept := list.Items[:0]
	for _, pod := range list.Items {
		if pod.Metadata.DeletionTimestamp == nil {
			kept = append(kept, pod)
		}
	}
	list.Items = kept
	return list
}

func podNames(ctx context.Context, t *testing.T, namespace string) []string {
	t.Helper()
	var names []string
	for _, pod := range pods(ctx, t, namespace).Items {
		names = append(names, pod.Metadata.Name)
	}
	return names
}

func TestTheWantedReplicasRun(t *testing.T) {
	first(t)
	list := pods(within(t, 10*time.Second), t, firstName)
	if len(list.Items) != 2 {
		t.Errorf("%d pods, want 2", len(list.Items))
	}
	for _, pod := range list.Items {
		if pod.Status.Phase != "Running" || len(pod.Status.ContainerStatuses) != 1 || !pod.Status.ContainerStatuses[0].Ready {
			t.Errorf("pod %s: %+v", pod.Metadata.Name, pod.Status)
		}
	}
}

func TestKubectlShowsTheApplicationSyncedAndHealthy(t *testing.T) {
	first(t)
	err := platform.Eventually(within(t, 15*time.Second), "Application idp-"+firstName, func(ctx context.Context) error {
		got, err := p.Kubectl(ctx, "get", "application", "idp-"+firstName, "-n", "argocd", "--no-headers")
		if fields := strings.Fields(got); err == nil && !slices.Equal(fields[min(1, len(fields)):], []string{"Synced", "Healthy"}) {
			err = fmt.Errorf("kubectl shows %q", got)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// lookUp asks the zone's own name server.
func lookUp(ctx context.Context, network, name string) (*dns.Msg, error) {
	question := new(dns.Msg).SetQuestion(dns.Fqdn(name), dns.TypeA)
	res, _, err := (&dns.Client{Net: network}).ExchangeContext(ctx, question, platform.DNS)
	return res, err
}

func TestTheZoneAnswersForTheApp(t *testing.T) {
	first(t)
	for _, network := range []string{"udp", "tcp"} {
		res := must[*dns.Msg](t)(lookUp(within(t, 10*time.Second), network, firstName+"."+platform.Domain))
		if !res.Authoritative || len(res.Answer) != 1 {
			t.Fatalf("%s: %s", network, res)
		}
		if a, ok := res.Answer[0].(*dns.A); !ok || a.A.String() != platform.Edge {
			t.Errorf("%s: %s, want %s", network, res.Answer[0], platform.Edge)
		}
	}
}
