package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/pronto-platform/pronto/test/platform"
)

// answer is what an application made from the nodejs template says.
type answer struct {
	*http.Response
	body    []byte
	Name    string
	Message string
	Pod     string
}

// get asks an application over HTTPS, with the chain verified.
func get(ctx context.Context, url string) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return answer{}, err
	}
	return do(req)
}

func do(req *http.Request) (answer, error) {
	res, err := p.HTTP.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	a := answer{Response: res}
	if a.body, err = io.ReadAll(res.Body); err != nil {
		return a, err
	}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
		_ = json.Unmarshal(a.body, &a) // the portal's and the forge's lists have another shape
	}
	return a, nil
}

// waitAnswer asks until the application answers 200.
func waitAnswer(ctx context.Context, t *testing.T, name string) answer {
	t.Helper()
	var last answer
	err := platform.Eventually(ctx, "answer of "+name, func(ctx context.Context) (err error) {
		if last, err = get(ctx, p.URL(name)); err == nil && last.StatusCode != http.StatusOK {
			err = fmt.Errorf("%s: %s", last.Status, last.body)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return last
}

// forge asks the forge's REST API as the administrator and decodes a 200 into out.
func forge(ctx context.Context, path string, out any) (status int, err error) {
	req, err := forgeRequest(ctx, http.MethodGet, path, "")
	if err != nil {
		return 0, err
	}
	return decoded(req, out)
}

func forgeRequest(ctx context.Context, method, path, body string) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, p.Env["PRONTO_GIT"]+"/api/v3/"+path, strings.NewReader(body))
	if err == nil {
		req.Header.Set("Authorization", "Bearer "+p.Env["GH_ENTERPRISE_TOKEN"])
	}
	return req, err
}

// portal asks the portal's API as the administrator and decodes a 200 into out.
func portal(ctx context.Context, path string, out any) (status int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.Env["PRONTO_URL"]+path, nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+p.Env["PRONTO_TOKEN"])
	return decoded(req, out)
}

func decoded(req *http.Request, out any) (int, error) {
	a, err := do(req)
	if err != nil || a.StatusCode != http.StatusOK || out == nil {
		return a.StatusCode, err
	}
	return a.StatusCode, json.Unmarshal(a.body, out)
}

// load asks an application 50 times a second; the function it returns ends
// that and fails the test if one request failed.
func load(t *testing.T, name string) (stop func()) {
	t.Helper()
	l, err := p.StartLoad(t.Context(), p.URL(name), 50)
	if err != nil {
		t.Fatal(err)
	}
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		asked, failures := l.Stop()
		if len(failures) > 0 {
			t.Errorf("%d of %d requests to %s failed:\n%s", len(failures), asked, name, strings.Join(failures[:min(len(failures), 20)], "\n"))
			return
		}
		t.Logf("%d requests to %s, none failed", asked, name)
	}
	t.Cleanup(stop)
	return stop
}
