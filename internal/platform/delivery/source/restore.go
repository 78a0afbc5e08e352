package source

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/google/go-github/v74/github"

	"github.com/pronto-platform/pronto/internal/platform/fault"
	"github.com/pronto-platform/pronto/internal/platform/scm"
)

// Restore is a state of the files that a new commit brings back.
type Restore struct {
	Revision string // the commit of a person
	Deployed string // the commit with its files as they were deployed: Revision or one of the pipeline's on top of it
	Message  func(head string) string
}

// restoreAttempts is how often a branch may move on while a commit is made.
const restoreAttempts = 3

// Restore makes one commit on the default branch with the files of an earlier
// one, and returns it.
func (s Source) Restore(ctx context.Context, repository string, wanted Restore, author Person) (revision string, err error) {
	tree, err := s.deployedTree(ctx, repository, wanted)
	if err != nil {
		return "", err
	}
	branch, head, err := s.head(ctx, repository)
	if err != nil {
		return "", err
	}
	for attempt := 1; ; attempt++ {
		revision, err := s.restoreOnto(ctx, repository, branch, head, tree, wanted, author)
		status, message := scm.Refused(err)
		if status != http.StatusUnprocessableEntity && status != http.StatusConflict && status != http.StatusForbidden {
			return revision, err
		}
		before := head
		if _, head, err = s.head(ctx, repository); err != nil {
			return "", err
		}
		if head == before || attempt == restoreAttempts {
			return "", fault.Conflictf("the forge refuses the commit: %s", message)
		}
		if err := s.onlyPipeline(ctx, repository, before, head, "somebody pushed meanwhile; look at the versions again"); err != nil {
			return "", err
		}
	}
}

func (s Source) restoreOnto(ctx context.Context, repository, branch, head, tree string, wanted Restore, author Person) (string, error) {
	now, err := s.Client.TreeOf(ctx, s.Organization, repository, head)
	if err != nil {
		return "", err
	}
	if now == tree {
		return "", fault.Conflictf("the repository holds exactly these files already")
	}
	revision, err := s.Client.CreateCommit(ctx, s.Organization, repository, scm.NewCommit{
		Tree: tree, Parent: head, Message: wanted.Message(head), AuthorName: author.Name, AuthorEmail: author.Email})
	if err != nil {
		return "", err
	}
	return revision, s.Client.ForwardBranch(ctx, s.Organization, repository, branch, revision)
}

// deployedTree is the tree to bring back, once it is certain that nothing but
// the pipeline stands between the person's commit and the deployed one.
func (s Source) deployedTree(ctx context.Context, repository string, wanted Restore) (string, error) {
	tree, err := s.Client.TreeOf(ctx, s.Organization, repository, wanted.Deployed)
	if err == nil && wanted.Deployed != wanted.Revision {
		err = s.onlyPipeline(ctx, repository, wanted.Revision, wanted.Deployed, "its files cannot be told apart from those of a later commit")
	}
	if errors.Is(err, scm.ErrNotFound) {
		return "", fault.Because(err, fault.Conflict, "the repository does not have its commit any more")
	}
	return tree, err
}

func (s Source) onlyPipeline(ctx context.Context, repository, base, head, otherwise string) error {
	if base == head {
		return nil
	}
	commits, err := s.Client.Between(ctx, s.Organization, repository, base, head)
	if err != nil {
		return err
	}
	for _, c := range commits {
		if !isPipeline(c) {
			return fault.Conflictf("%s", otherwise)
		}
	}
	return nil
}

func isPipeline(c *github.RepositoryCommit) bool {
	return strings.HasSuffix(c.GetCommit().GetAuthor().GetName(), "[bot]") || strings.HasSuffix(c.GetAuthor().GetLogin(), "[bot]")
}
