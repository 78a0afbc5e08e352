package delivery

import (
	"errors"
	"net/http"
	"testing"

	"github.com/pronto-platform/pronto/internal/platform/delivery/source"
	"github.com/pronto-platform/pronto/internal/platform/fault"
)

func TestACommitAlwaysHasANameAndAnAddress(t *testing.T) {
	s := offline(t, http.NotFound)
	for by, want := range map[Person]source.Person{
		{"user:default/ana", "Ana", "ana@x.org"}: {Name: "Ana", Email: "ana@x.org"},
		{"user:default/ana", "", ""}:             {Name: "ana", Email: "ana@users.noreply.example.com"},
		{"", "", ""}:                             {Name: "unknown", Email: "unknown@users.noreply.example.com"},
	} {
		if got := s.author(by); got != want {
			t.Errorf("%+v stands as %+v, want %+v", by, got, want)
		}
	}
}

func TestFilesAreNotTouchedWhileTheApplicationIsDeleted(t *testing.T) {
	s := offline(t, func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("the forge was asked for %s", r.URL)
		http.NotFound(w, r)
	})
	_, listed := s.Files(t.Context(), "going")
	_, read := s.File(t.Context(), "going", "README.md")
	_, changed := s.ChangeFile(t.Context(), "going", source.Change{Path: "x", Message: "x"}, Person{})
	for _, err := range []error{listed, read, changed} {
		var refused *fault.Error
		if !errors.As(err, &refused) || refused.Name != fault.Conflict {
			t.Errorf("while it is being deleted: %v", err)
		}
	}
	if _, err := s.Files(t.Context(), "none"); !errors.Is(err, ErrNotFound) {
		t.Errorf("of no application: %v", err)
	}
}
