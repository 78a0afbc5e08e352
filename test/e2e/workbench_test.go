package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/internal/client"
)

const firstAPI = "/api/pronto/v1/apps/" + firstName

// ask decodes what the portal answers with 200.
func ask[T any](ctx context.Context, t *testing.T, path string) (out T) {
	t.Helper()
	status, err := portal(ctx, path, &out)
	if err != nil || status != http.StatusOK {
		t.Fatalf("GET %s = %d, %v", path, status, err)
	}
	return out
}

// send asks the portal's API to change something.
func send(ctx context.Context, t *testing.T, method, path string, body any) answer {
	t.Helper()
	raw := must[[]byte](t)(json.Marshal(body))
	req := must[*http.Request](t)(http.NewRequestWithContext(ctx, method, p.Env["PRONTO_URL"]+path, bytes.NewReader(raw)))
	req.Header.Set("Authorization", "Bearer "+p.Env["PRONTO_TOKEN"])
	req.Header.Set("Content-Type", "application/json")
	return must[answer](t)(do(req))
}

type file struct{ Path, SHA, Content, Message string }

func TestAFileChangedInThePortalIsLive(t *testing.T) {
	first(t)
	ctx := within(t, 2*time.Minute)
	read := ask[file](ctx, t, firstAPI+"/file?path="+url.QueryEscape(serverFile))
	before := must[answer](t)(get(ctx, p.URL(firstName)))
	changed := file{serverFile, read.SHA, strings.ReplaceAll(read.Content, before.Message, "Edited "+firstName), "Edit it in the portal"}
	a := send(ctx, t, http.MethodPut, firstAPI+"/file", changed)
	var commit struct{ Revision string }
	if err := json.Unmarshal(a.body, &commit); err != nil || a.StatusCode != http.StatusOK {
		t.Fatalf("PUT = %s %s, %v", a.Status, a.body, err)
	}
	app := must[client.App](t)(p.WaitRevision(ctx, firstName, commit.Revision))
	if now := must[answer](t)(get(ctx, app.URL)); now.Message != "Edited "+firstName || app.Delivery.Author != "admin" {
		t.Errorf("%q answers, of %q", now.Message, app.Delivery.Author)
	}
	if again := send(ctx, t, http.MethodPut, firstAPI+"/file", changed); again.StatusCode != http.StatusConflict {
		t.Errorf("with the sha of before = %s %s, want 409", again.Status, again.body)
	}
	runs := ask[struct {
		Runs []struct{ Event, Status, Conclusion, Revision, Message, Author string }
	}](ctx, t, firstAPI+"/runs").Runs
	if len(runs) == 0 || runs[0].Revision != commit.Revision || runs[0].Conclusion != "success" || runs[0].Message != changed.Message || runs[0].Author != "admin" {
		t.Errorf("runs = %+v", runs)
	}
}

func TestAnApplicationIsSeenInItsCluster(t *testing.T) {
	first(t)
	ctx := within(t, time.Minute)
	resources := ask[struct {
		Application struct{ Sync, Health string }
		Resources   []struct{ Kind, Name, Sync, Health, Parent string }
	}](ctx, t, firstAPI+"/resources")
	found := map[string]string{}
	for _, r := range resources.Resources {
		kind, _, _ := strings.Cut(r.Parent, "/")
		found[r.Kind] = r.Sync + " " + kind
	}
	if resources.Application.Sync != "Synced" || found["Deployment"] != "Synced " || found["ReplicaSet"] != " Deployment" || found["Pod"] != " ReplicaSet" {
		t.Errorf("resources = %+v", resources)
	}
	metrics := ask[struct {
		Pods []struct {
			Name                string
			CPU, CPURequest     float64
			Memory, MemoryLimit int64
		}
	}](ctx, t, firstAPI+"/metrics")
	measured := 0
	for _, pod := range metrics.Pods {
		if pod.Memory > 0 && pod.CPU > 0 && pod.CPURequest > 0 && pod.Memory < pod.MemoryLimit {
			measured++
		}
	}
	if measured == 0 {
		t.Errorf("metrics = %+v", metrics)
	}
	followMetrics(ctx, t)
	capacity := ask[struct {
		Nodes []struct {
			Ready             bool
			CPU, Memory, Pods struct{ Allocatable, Requested float64 }
		}
	}](ctx, t, "/api/pronto/v1/capacity")
	if n := capacity.Nodes; len(n) != 1 || !n[0].Ready || n[0].Pods.Requested < 2 || n[0].CPU.Requested <= 0 || n[0].Memory.Requested >= n[0].Memory.Allocatable {
		t.Errorf("capacity = %+v", capacity)
	}
	figures := ask[struct {
		Deployments int
		LeadTime    struct{ Count int }
		Phases      map[string]struct{ Median float64 }
	}](ctx, t, "/api/pronto/v1/figures?days=1&app="+firstName)
	if figures.Deployments == 0 || figures.LeadTime.Count != figures.Deployments || figures.Phases["build"].Median <= 0 {
		t.Errorf("figures = %+v", figures)
	}
}

// followMetrics reads two samples of the stream, one measured after the other.
func followMetrics(ctx context.Context, t *testing.T) {
	t.Helper()
	req := must[*http.Request](t)(http.NewRequestWithContext(ctx, http.MethodGet, p.Env["PRONTO_URL"]+firstAPI+"/metrics?follow=true", nil))
	req.Header.Set("Authorization", "Bearer "+p.Env["PRONTO_TOKEN"])
	res := must[*http.Response](t)(p.HTTP.Do(req))
	defer res.Body.Close()
	var times []time.Time
	for lines := bufio.NewScanner(res.Body); len(times) < 2 && lines.Scan(); {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		var sample struct{ At time.Time }
		if err := json.Unmarshal([]byte(data), &sample); err != nil {
			t.Fatalf("%s: %v", data, err)
		}
		times = append(times, sample.At)
	}
	if len(times) < 2 || times[1].Sub(times[0]) < 4*time.Second || times[1].Sub(times[0]) > 8*time.Second {
		t.Errorf("samples at %v, want two 5 s apart", times)
	}
}
