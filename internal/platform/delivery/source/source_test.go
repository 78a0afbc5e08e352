package source_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pronto-platform/pronto/internal/platform/delivery/source"
	"github.com/pronto-platform/pronto/internal/platform/fault"
	"github.com/pronto-platform/pronto/internal/platform/scm"
	"github.com/pronto-platform/pronto/internal/platform/scm/scmtest"
)

const repository = "idp-hello"

func setUp(t *testing.T) (source.Source, *scmtest.Forge) {
	t.Helper()
	forge := scmtest.New(t)
	server := httptest.NewServer(forge)
	t.Cleanup(server.Close)
	client, err := scm.New(scm.Config{APIURL: server.URL, HTTPClient: server.Client()})
	if err != nil {
		t.Fatal(err)
	}
	forge.Commit(repository, "ana", "first", map[string]string{
		"README.md": "# Hello\n", "src/server.js": "listen()\n", "logo.png": "\x89PNG\x00", "data.txt": strings.Repeat("x", source.MaxSize+1),
	})
	return source.Source{Client: client, Organization: "apps"}, forge
}

var ana = source.Person{Name: "Ana", Email: "ana@example.com"}

func refusedAs(err error) (string, string) {
	var refused *fault.Error
	if !errors.As(err, &refused) {
		return "", ""
	}
	return refused.Name, refused.Message
}

func TestFilesAreListedAndRead(t *testing.T) {
	s, forge := setUp(t)
	list, err := s.List(t.Context(), repository)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, f := range list.Files {
		paths = append(paths, f.Path)
	}
	if got := strings.Join(paths, " "); got != "README.md data.txt logo.png src/server.js" || list.Revision != forge.Git(repository, "rev-parse", "main") {
		t.Errorf("files = %s at %s", got, list.Revision)
	}
	file, err := s.Read(t.Context(), repository, "src/server.js")
	if err != nil || file.Content == nil || *file.Content != "listen()\n" || file.Binary || file.Size != 9 {
		t.Errorf("file = %+v, %v", file, err)
	}
	if file, err := s.Read(t.Context(), repository, "logo.png"); err != nil || !file.Binary || file.Content != nil {
		t.Errorf("a binary file = %+v, %v", file, err)
	}
	if file, err := s.Read(t.Context(), repository, "data.txt"); err != nil || file.Content != nil || file.Size != source.MaxSize+1 {
		t.Errorf("a large file = %d bytes, %v", file.Size, err)
	}
	for path, kind := range map[string]string{"none.txt": fault.NotFound, "src": fault.Input, "../x": fault.Input} {
		if _, err := s.Read(t.Context(), repository, path); err == nil {
			t.Errorf("%s was read", path)
		} else if got, _ := refusedAs(err); got != kind {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := s.List(t.Context(), "idp-none"); err == nil || !strings.Contains(err.Error(), "has no commit yet") {
		t.Errorf("a repository that is not there: %v", err)
	}
}

func TestAChangeIsACommitInTheAuthorsName(t *testing.T) {
	s, forge := setUp(t)
	read, err := s.Read(t.Context(), repository, "src/server.js")
	if err != nil {
		t.Fatal(err)
	}
	change := source.Change{Path: "src/server.js", Content: "listen(1)\n", Message: "Listen on 1", SHA: read.SHA}
	commit, err := s.Write(t.Context(), repository, change, ana)
	if err != nil {
		t.Fatal(err)
	}
	if got := forge.Git(repository, "log", "-1", "--format=%H %an <%ae> %s"); got != commit.Revision+" Ana <ana@example.com> Listen on 1" {
		t.Errorf("the commit is %s", got)
	}
	if got := forge.Git(repository, "show", "main:src/server.js"); got != "listen(1)" {
		t.Errorf("the file holds %q", got)
	}
	if _, err := s.Write(t.Context(), repository, source.Change{Path: "docs/new.md", Content: "x", Message: "Add"}, ana); err != nil {
		t.Errorf("a new file: %v", err)
	}
	again := change
	again.SHA = commit.SHA
	if _, err := s.Write(t.Context(), repository, again, ana); err != nil {
		t.Errorf("with the sha of the answer: %v", err)
	}
}

func TestAChangeThatDoesNotFitIsRefused(t *testing.T) {
	s, forge := setUp(t)
	before := forge.Git(repository, "rev-parse", "main")
	for name, c := range map[string]struct {
		change source.Change
		kind   string
		reason string
	}{
		"stale":          {source.Change{Path: "README.md", SHA: strings.Repeat("a", 40)}, fault.Conflict, "changed since it was read"},
		"exists":         {source.Change{Path: "README.md"}, fault.Conflict, "exists already"},
		"gone":           {source.Change{Path: "gone.md", SHA: strings.Repeat("a", 40)}, fault.Conflict, "was deleted"},
		"directory":      {source.Change{Path: "src"}, fault.Conflict, "is a directory"},
		"below a file":   {source.Change{Path: "README.md/x"}, fault.Conflict, "is a file"},
		"outside":        {source.Change{Path: "../x"}, fault.Input, `has the part ".."`},
		"absolute":       {source.Change{Path: "/etc/passwd"}, fault.Input, "begins with '/'"},
		"git's":          {source.Change{Path: "a/.Git/config"}, fault.Input, "Git's own"},
		"git's, dotted":  {source.Change{Path: ".git. /config"}, fault.Input, "Git's own"},
		"git's, Windows": {source.Change{Path: "GIT~1/config"}, fault.Input, "Git's own"},
		"backslash":      {source.Change{Path: `a\b`}, fault.Input, "separate directories with '/'"},
		"newline":        {source.Change{Path: "a\nb"}, fault.Input, "no path may have"},
		"long":           {source.Change{Path: strings.Repeat("x", 2000)}, fault.Input, "at most 1024"},
		"long part":      {source.Change{Path: strings.Repeat("x", 256)}, fault.Input, "at most 255"},
		"empty":          {source.Change{}, fault.Input, "path: is needed"},
		"empty part":     {source.Change{Path: "a//b"}, fault.Input, "empty part"},
		"large":          {source.Change{Path: "x", Content: strings.Repeat("x", source.MaxSize+1)}, fault.Input, "at most 524288"},
		"binary":         {source.Change{Path: "x", Content: "a\x00b"}, fault.Input, "is no text"},
		"no message":     {source.Change{Path: "x", Message: "-"}, fault.Input, "message: is needed"},
	} {
		switch c.change.Message {
		case "":
			c.change.Message = "Change it"
		default:
			c.change.Message = " "
		}
		_, err := s.Write(t.Context(), repository, c.change, ana)
		if kind, message := refusedAs(err); kind != c.kind || !strings.Contains(message, c.reason) {
			t.Errorf("%s: %v; want %q", name, err, c.reason)
		}
	}
	forge.Refuse = func() string { return "protected branch hook declined" }
	if _, err := s.Write(t.Context(), repository, source.Change{Path: "x", Message: "x"}, ana); err == nil || !strings.Contains(err.Error(), "protected branch hook declined") {
		t.Errorf("a protected branch: %v", err)
	}
	if after := forge.Git(repository, "rev-parse", "main"); after != before {
		t.Errorf("a refused change made the commit %s", after)
	}
}

func restoring(s source.Source, revision, deployed string) (string, error) {
	return s.Restore(context.Background(), repository, source.Restore{Revision: revision, Deployed: deployed,
		Message: func(head string) string { return "Revert to " + revision[:7] + " from " + head[:7] }}, ana)
}

func TestFilesAreRestoredAsTheyWereDeployed(t *testing.T) {
	s, forge := setUp(t)
	first := forge.Git(repository, "rev-parse", "main")
	deployed := forge.Commit(repository, scmtest.Bot, "Deploy", map[string]string{"deploy/deployment.yaml": "image: one"})
	forge.Commit(repository, "ana", "second", map[string]string{"src/server.js": "listen(2)"})
	head := forge.Commit(repository, scmtest.Bot, "Deploy", map[string]string{"deploy/deployment.yaml": "image: two"})
	revision, err := restoring(s, first, deployed)
	if err != nil {
		t.Fatal(err)
	}
	if got := forge.Git(repository, "log", "-1", "--format=%H %P %T %an %s", "main"); got != revision+" "+head+" "+
		forge.Git(repository, "rev-parse", deployed+"^{tree}")+" Ana Revert to "+first[:7]+" from "+head[:7] {
		t.Errorf("the commit is %s", got)
	}
	if _, err := restoring(s, first, deployed); err == nil || !strings.Contains(err.Error(), "exactly these files already") {
		t.Errorf("again: %v", err)
	}
}

func TestWhatCannotBeRestoredIsRefused(t *testing.T) {
	s, forge := setUp(t)
	first := forge.Git(repository, "rev-parse", "main")
	mixed := forge.Commit(repository, "ben", "second", map[string]string{"src/server.js": "listen(2)"})
	forge.Commit(repository, "ana", "third", map[string]string{"src/server.js": "listen(3)"})
	for name, c := range map[string]struct{ revision, deployed, reason string }{
		"mixed":     {first, mixed, "cannot be told apart"},
		"forgotten": {first, strings.Repeat("a", 40), "does not have its commit"},
	} {
		if _, err := restoring(s, c.revision, c.deployed); err == nil || !strings.Contains(err.Error(), c.reason) {
			t.Errorf("%s: %v, want %q", name, err, c.reason)
		}
	}
	forge.Refuse = func() string { return "Protected branch update failed" }
	if _, err := restoring(s, first, first); err == nil || !strings.Contains(err.Error(), "Protected branch update failed") {
		t.Errorf("a protected branch: %v", err)
	}
}

func TestABranchThatMovesOnMeanwhile(t *testing.T) {
	for author, want := range map[string]string{scmtest.Bot: "", "ben": "somebody pushed meanwhile"} {
		s, forge := setUp(t)
		first := forge.Git(repository, "rev-parse", "main")
		forge.Commit(repository, "ana", "second", map[string]string{"src/server.js": "listen(2)"})
		moved := false
		forge.Refuse = func() string {
			if !moved {
				moved = true
				forge.Commit(repository, author, "in between", map[string]string{"deploy/deployment.yaml": "image: two"})
			}
			return ""
		}
		if _, err := restoring(s, first, first); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("a commit of %s in between: %v, want %q", author, err, want)
		}
	}
}
