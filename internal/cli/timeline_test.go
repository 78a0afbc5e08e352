package cli_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/cli"
	"github.com/pronto-platform/pronto/internal/client"
)

func line() client.Timeline {
	after := func(second float64) time.Time { return start.Add(time.Duration(second * float64(time.Second))) }
	span := func(id, parent, name, status string, from, took float64) client.Span {
		end := after(from + took)
		return client.Span{ID: id, Parent: parent, Name: name, Status: status, Start: after(from), End: &end, Seconds: took}
	}
	t := client.Timeline{App: "hello", Status: "failed", StartedBy: "push", Revision: "1f2e3d4c5b6a", Message: "Break it", Reason: `step "Test" of job "ci" failed: exit code 1`,
		StartedAt: start, Seconds: 4, Spans: []client.Span{
			span("0", "", "deliver hello", "failed", 0, 4),
			span("1", "0", "build", "failed", 0, 4),
			span("2", "1", "run ci", "failed", 0.5, 3.5),
			span("3", "2", "Test, which has a name that is far too long for one row", "failed", 1, 2),
			span("4", "0", "expose", "running", 2, 2),
			span("5", "1", "a moment", "done", 4, 0),
		}}
	t.Spans[4].End = nil
	return t
}

func TestTheWaterfallShowsEachStepOnOneAxis(t *testing.T) {
	var out strings.Builder
	if err := cli.Timeline(&out, line(), 94, false); err != nil {
		t.Fatal(err)
	}
	want := `hello · failed after 4.0 s · 2026-11-23 12:00:00 UTC · begun by a push · 1f2e3d4 Break it
  step "Test" of job "ci" failed: exit code 1

                                             0 s       1 s       2 s       3 s
✕ build                                      ████████████████████████████████████████    4.0 s
  ✕ run ci                                        ███████████████████████████████████    3.5 s
    ✕ Test, which has a name that is far to…           ████████████████████              2.0 s
◐ expose                                                         ░░░░░░░░░░░░░░░░░░░░    2.0 s
  ● a moment                                                                        █    0.0 s
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

func TestTheWaterfallIsAsWideAsTheTerminal(t *testing.T) {
	for _, width := range []int{20, 60, 80, 200} {
		var out strings.Builder
		if err := cli.Timeline(&out, line(), width, false); err != nil {
			t.Fatal(err)
		}
		for _, row := range strings.Split(out.String(), "\n")[3:] {
			if n := len([]rune(row)); n > max(width, 50) {
				t.Errorf("%d columns hold a row of %d: %s", width, n, row)
			}
		}
	}
	var out strings.Builder
	if err := cli.Timeline(&out, line(), 95, true); err != nil || !strings.Contains(out.String(), "\x1b[31m✕ build") {
		t.Errorf("%v: %q", err, out.String())
	}
}

func TestADeliveryIsNamedByItsIdOrItsRevision(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"deliveries":[{"id":"bb11","revision":"1f2e3d4"},{"id":"aa22","revision":"1f2e000"},{"id":"aa33","revision":""}]}`)
	}))
	defer server.Close()
	base, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	c := &client.Client{Base: base, Token: secret.New("x"), HTTP: server.Client()}
	for wanted, want := range map[string]string{"aa3": "aa33", "1f2e0": "aa22", "1f2e": "bb11", "cc": "cc", "latest": "latest"} {
		if got, err := cli.DeliveryID(t.Context(), c, "hello", wanted); err != nil || got != want {
			t.Errorf("%s is %s, %v; want %s", wanted, got, err, want)
		}
	}
	if got, err := cli.DeliveryID(t.Context(), c, "hello"); err != nil || got != "latest" {
		t.Errorf("without a name it is %s, %v", got, err)
	}
}
