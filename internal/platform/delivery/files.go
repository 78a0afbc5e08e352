package delivery

import (
	"context"
	"strings"

	"github.com/pronto-platform/pronto/internal/platform/delivery/source"
	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// Files lists the files of an application's default branch.
func (s *Service) Files(ctx context.Context, name string) (source.List, error) {
	if err := s.standing(name); err != nil {
		return source.List{}, err
	}
	return s.source().List(ctx, s.names.Repository(name))
}

// File reads one file of an application's default branch.
func (s *Service) File(ctx context.Context, name, path string) (source.File, error) {
	if err := s.standing(name); err != nil {
		return source.File{}, err
	}
	return s.source().Read(ctx, s.names.Repository(name), path)
}

// ChangeFile commits one file to an application's default branch. The push
// that this is begins a delivery as any other does.
func (s *Service) ChangeFile(ctx context.Context, name string, change source.Change, by Person) (source.Commit, error) {
	if err := s.standing(name); err != nil {
		return source.Commit{}, err
	}
	return s.source().Write(ctx, s.names.Repository(name), change, s.author(by))
}

// Person is who asks for a commit.
type Person struct {
	Ref   string // entity reference
	Name  string
	Email string
}

// author is how a person stands in a commit: a name is always there, and an
// address that nobody has where theirs is not known.
func (s *Service) author(by Person) source.Person {
	_, login, _ := strings.Cut(by.Ref, "/")
	login = firstOf(login, "unknown")
	return source.Person{Name: firstOf(by.Name, login), Email: firstOf(by.Email, login+"@users.noreply."+s.names.Domain)}
}

// standing refuses an application that does not exist or is being deleted.
func (s *Service) standing(name string) error {
	view, ok := s.Get(name)
	switch {
	case !ok:
		return ErrNotFound
	case view.Deletion != nil:
		return fault.Conflictf("%s is being deleted", name)
	}
	return nil
}

func (s *Service) source() source.Source {
	return source.Source{Client: s.cfg.SCM, Organization: s.names.Organization}
}
