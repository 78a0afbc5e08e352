package gitstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/pronto-platform/pronto/internal/base/gitcmd"
)

// ZeroSHA stands for "no object" in ref updates and push events.
const ZeroSHA = "0000000000000000000000000000000000000000"

// ErrNotFound is returned when a ref, object or path does not exist.
var ErrNotFound = errors.New("not found")

// Repo is one bare repository on disk.
type Repo struct{ dir string }

// Dir is the repository's directory.
func (r *Repo) Dir() string { return r.dir }

// Exists reports whether the repository is on disk.
func (r *Repo) Exists() bool {
	info, err := os.Stat(r.dir)
	return err == nil && info.IsDir()
}

// Git runs the system's git in the repository.
func (r *Repo) Git() gitcmd.Git { return gitcmd.Git{Dir: r.dir} }

func (r *Repo) open() (*git.Repository, error) {
	repository, err := git.PlainOpen(r.dir)
	if err != nil {
		return nil, fmt.Errorf("open repository: %w", err)
	}
	return repository, nil
}

// View is the repository opened for one request: it sees the objects that were
// there when it was opened.
type View struct {
	*git.Repository
	repo *Repo
}

// Open opens the repository for reading.
func (r *Repo) Open() (*View, error) {
	repository, err := r.open()
	if err != nil {
		return nil, err
	}
	return &View{repository, r}, nil
}

// Refs returns every branch and tag with its object id.
func (v *View) Refs() (map[string]string, error) {
	iter, err := v.References()
	if err != nil {
		return nil, fmt.Errorf("list refs: %w", err)
	}
	refs := map[string]string{}
	err = iter.ForEach(func(ref *plumbing.Reference) error {
		if ref.Type() == plumbing.HashReference && (ref.Name().IsBranch() || ref.Name().IsTag()) {
			refs[ref.Name().String()] = ref.Hash().String()
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list refs: %w", err)
	}
	return refs, nil
}

// Refs is Open and View.Refs in one.
func (r *Repo) Refs() (map[string]string, error) {
	v, err := r.Open()
	if err != nil {
		return nil, err
	}
	return v.Refs()
}

// Ref returns the object id of the full ref name, or ErrNotFound.
func (v *View) Ref(name string) (string, error) {
	ref, err := v.Reference(plumbing.ReferenceName(name), true)
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, notFound(err))
	}
	return ref.Hash().String(), nil
}

var (
	fullSHA  = regexp.MustCompile(`^[0-9a-f]{40}$`)
	shortSHA = regexp.MustCompile(`^[0-9a-f]{4,39}$`)
)

// IsSHA reports whether text is a full object id.
func IsSHA(text string) bool { return fullSHA.MatchString(text) }

// Resolve finds the commit that a branch, tag, ref or (abbreviated) commit id
// names, or ErrNotFound.
func (v *View) Resolve(rev string) (*object.Commit, error) {
	for _, prefix := range []string{"refs/heads/", "refs/tags/", "refs/", ""} {
		name := prefix + rev
		if !strings.HasPrefix(name, "refs/") && name != "HEAD" {
			continue
		}
		if ref, err := v.Reference(plumbing.ReferenceName(name), true); err == nil {
			return v.peel(ref.Hash())
		}
	}
	rev = strings.ToLower(rev)
	switch {
	case fullSHA.MatchString(rev):
		return v.peel(plumbing.NewHash(rev))
	case shortSHA.MatchString(rev):
		hash, err := v.ResolveRevision(plumbing.Revision(rev))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", rev, ErrNotFound)
		}
		return v.peel(*hash)
	}
	return nil, fmt.Errorf("%s: %w", rev, ErrNotFound)
}

func (v *View) peel(hash plumbing.Hash) (*object.Commit, error) {
	if commit, err := v.CommitObject(hash); err == nil {
		return commit, nil
	}
	tag, err := v.TagObject(hash)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", hash, notFound(err))
	}
	commit, err := tag.Commit()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", hash, notFound(err))
	}
	return commit, nil
}

// Type returns "commit", "tree", "blob" or "tag", or ErrNotFound.
func (v *View) Type(sha string) (string, error) {
	o, err := v.Storer.EncodedObject(plumbing.AnyObject, plumbing.NewHash(sha))
	if err != nil {
		return "", fmt.Errorf("%s: %w", sha, notFound(err))
	}
	return o.Type().String(), nil
}

// Empty reports whether the repository has no branch.
func (v *View) Empty() (bool, error) {
	refs, err := v.Refs()
	return len(refs) == 0, err
}

func notFound(err error) error {
	for _, known := range []error{
		plumbing.ErrReferenceNotFound, plumbing.ErrObjectNotFound,
		object.ErrFileNotFound, object.ErrDirectoryNotFound, object.ErrEntryNotFound, object.ErrUnsupportedObject,
	} {
		if errors.Is(err, known) {
			return ErrNotFound
		}
	}
	return err
}

// ErrConflict is returned when a ref is not at the value the caller expected.
var ErrConflict = errors.New("the reference moved meanwhile")

// UpdateRef moves a ref from old to new; ZeroSHA means absent. It is refused
// with ErrConflict when the ref is elsewhere.
func (r *Repo) UpdateRef(ctx context.Context, name, newSHA, oldSHA string) error {
	args := []string{"update-ref", name, newSHA, oldSHA}
	if newSHA == ZeroSHA {
		args = []string{"update-ref", "-d", name, oldSHA}
	}
	_, err := r.Git().Run(ctx, args...)
	var gitErr *gitcmd.Error
	if errors.As(err, &gitErr) && strings.Contains(gitErr.Stderr, "cannot lock ref") {
		return fmt.Errorf("update %s: %w: %w", name, ErrConflict, err)
	}
	if err != nil {
		return fmt.Errorf("update %s: %w", name, err)
	}
	return nil
}

// SetHead makes branch the default one.
func (r *Repo) SetHead(ctx context.Context, branch string) error {
	if _, err := r.Git().Run(ctx, "symbolic-ref", "HEAD", "refs/heads/"+branch); err != nil {
		return fmt.Errorf("set default branch %s: %w", branch, err)
	}
	return nil
}

// ValidRef reports whether Git accepts the full ref name.
func ValidRef(name string) bool {
	return strings.HasPrefix(name, "refs/") && plumbing.ReferenceName(name).Validate() == nil
}

// IsAncestor reports whether ancestor is reachable from commit.
func (r *Repo) IsAncestor(ctx context.Context, ancestor, commit string) (bool, error) {
	_, err := r.Git().Run(ctx, "merge-base", "--is-ancestor", ancestor, commit)
	var exit interface{ ExitCode() int }
	if errors.As(err, &exit) && exit.ExitCode() == 1 {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("compare %s with %s: %w", ancestor, commit, err)
	}
	return true, nil
}

// HasMerges reports whether a commit that after has and before lacks has
// several parents.
func (r *Repo) HasMerges(ctx context.Context, before, after string) (bool, error) {
	out, err := r.Git().Run(ctx, "rev-list", "--merges", "--max-count=1", after, "^"+before)
	if err != nil {
		return false, fmt.Errorf("look for merges between %s and %s: %w", before, after, err)
	}
	return len(out) > 0, nil
}

// Tree returns a tree, or ErrNotFound.
func (v *View) Tree(sha string) (*object.Tree, error) {
	tree, err := v.TreeObject(plumbing.NewHash(sha))
	if err != nil {
		return nil, fmt.Errorf("tree %s: %w", sha, notFound(err))
	}
	return tree, nil
}
