package cli_test

import (
	"strings"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/internal/cli"
	"github.com/pronto-platform/pronto/internal/client"
)

var start = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func delivery(statuses ...string) client.Delivery {
	names := []string{"create", "build", "sync", "expose", "live"}
	d := client.Delivery{StartedAt: start}
	for i, status := range statuses {
		p := client.Phase{Name: names[i], Status: status, Seconds: 1.25}
		if status != "waiting" {
			p.StartedAt = &start
		}
		d.Phases = append(d.Phases, p)
	}
	return d
}

func TestTheLineReadsWithoutColour(t *testing.T) {
	got := cli.Line(delivery("done", "failed", "running", "skipped", "waiting"), start.Add(2*time.Second), false)
	want := [3]string{
		"●─────────✕─────────◐─────────–─────────○",
		"create    build     sync      expose    live",
		"1.2 s     1.2 s     2.0 s…",
	}
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got[:], "\n"), strings.Join(want[:], "\n"))
	}
}

func TestAPipeGetsOneLineForEachChange(t *testing.T) {
	var out strings.Builder
	p := cli.Progress{Out: &out}
	p.Show(delivery("running", "waiting", "waiting", "waiting", "waiting"), start)
	p.Show(delivery("running", "waiting", "waiting", "waiting", "waiting"), start)
	p.Show(delivery("done", "running", "waiting", "waiting", "waiting"), start)
	want := "create  running\ncreate  done       1.2 s\nbuild   running\n"
	if out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

func TestValuesTakeTheTypeOfTheirField(t *testing.T) {
	schema := client.Form{Fields: map[string]client.Property{"replicas": {Type: "integer"}, "public": {Type: "boolean"}, "name": {Type: "string"}, "free": {}}}
	got, err := cli.Values([]string{"replicas=3", "public=false", "name=7", "free=a=b"}, schema)
	if err != nil {
		t.Fatal(err)
	}
	if got["replicas"] != 3.0 || got["public"] != false || got["name"] != "7" || got["free"] != "a=b" {
		t.Errorf("values = %#v", got)
	}
	if got, err := cli.Values([]string{"replicas=two"}, schema); err != nil || got["replicas"] != "two" {
		t.Errorf("a wrong value must reach the portal as it is: %v, %v", got, err)
	}
	if _, err := cli.Values([]string{"replicas"}, schema); err == nil {
		t.Error("an argument without = was accepted")
	}
}

func TestAnEmptyListSaysWhatToDo(t *testing.T) {
	var out strings.Builder
	if err := cli.Apps(&out, nil, start); err != nil || !strings.Contains(out.String(), "pronto create") {
		t.Errorf("%q, %v", out.String(), err)
	}
}

func TestVersionsSayWhereOneCanGoBackTo(t *testing.T) {
	var out strings.Builder
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	err := cli.Versions(&out, []client.Version{
		{Revision: "bbbbbbbbbb", Message: "Say two", Author: "Ana", LiveAt: at, Live: true, Rollback: client.Verdict{Reason: "bbbbbbb is what is deployed now"}},
		{Revision: "aaaaaaaaaa", Message: "Say one", Author: "Ana", LiveAt: at.Add(-time.Hour), Rollback: client.Verdict{Allowed: true}},
	}, at.Add(time.Minute))
	want := []string{"REVISION LIVE AUTHOR MESSAGE ROLLBACK", "bbbbbbb now Ana Say two bbbbbbb is what is deployed now", "aaaaaaa 1h ago Ana Say one possible"}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	for i := range want {
		if err != nil || len(lines) != len(want) || strings.Join(strings.Fields(lines[i]), " ") != want[i] {
			t.Fatalf("versions =\n%s, %v", out.String(), err)
		}
	}
}

func TestWhyShowsTheSentenceWhatToDoAndTheLines(t *testing.T) {
	var out strings.Builder
	why := client.Why{App: "hello", Status: "failed", Cause: client.Cause{Phase: "build", Sentence: "The test fails.", Remedy: "Mend it.",
		Lines: []string{"not ok 1", "##[error]exit code 1"}}}
	if err := cli.Why(&out, why); err != nil {
		t.Fatal(err)
	}
	if want := "hello: failed, build\n  The test fails.\n  Mend it.\n\n    not ok 1\n    ##[error]exit code 1\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}
