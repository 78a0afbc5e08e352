package gitstore

import (
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
)

type encoder interface {
	Encode(plumbing.EncodedObject) error
}

func (v *View) store(o encoder) (plumbing.Hash, error) {
	encoded := v.Storer.NewEncodedObject()
	if err := o.Encode(encoded); err != nil {
		return plumbing.ZeroHash, fmt.Errorf("write object: %w", err)
	}
	hash, err := v.Storer.SetEncodedObject(encoded)
	if err != nil {
		return plumbing.ZeroHash, fmt.Errorf("write object: %w", err)
	}
	return hash, nil
}

// WriteBlob stores content and returns its id.
func (v *View) WriteBlob(content []byte) (string, error) {
	encoded := v.Storer.NewEncodedObject()
	encoded.SetType(plumbing.BlobObject)
	w, err := encoded.Writer()
	if err != nil {
		return "", fmt.Errorf("write blob: %w", err)
	}
	if _, err := w.Write(content); err != nil {
		return "", errors.Join(fmt.Errorf("write blob: %w", err), w.Close())
	}
	if err := w.Close(); err != nil {
		return "", fmt.Errorf("write blob: %w", err)
	}
	hash, err := v.Storer.SetEncodedObject(encoded)
	if err != nil {
		return "", fmt.Errorf("write blob: %w", err)
	}
	return hash.String(), nil
}

// CommitSpec is a commit to be written.
type CommitSpec struct {
	Tree              string
	Parents           []string
	Author, Committer Person
	Message           string
}

// WriteCommit stores a commit and returns its id. No ref moves.
func (v *View) WriteCommit(spec CommitSpec) (string, error) {
	commit := &object.Commit{
		TreeHash: plumbing.NewHash(spec.Tree), Message: spec.Message,
		Author: signature(spec.Author), Committer: signature(spec.Committer),
	}
	for _, parent := range spec.Parents {
		commit.ParentHashes = append(commit.ParentHashes, plumbing.NewHash(parent))
	}
	hash, err := v.store(commit)
	return hash.String(), err
}

func signature(p Person) object.Signature {
	clean := strings.NewReplacer("<", "", ">", "", "\n", " ", "\x00", "")
	return object.Signature{Name: clean.Replace(p.Name), Email: clean.Replace(p.Email), When: p.When}
}

// Edit puts a blob (or, with an empty SHA, nothing) at a path.
type Edit struct {
	Path string
	Mode filemode.FileMode
	SHA  string
}

// ErrBadPath is returned for paths that a work tree cannot hold safely.
var ErrBadPath = errors.New("path is malformed")

// CheckPath refuses empty, absolute, dotted and .git components.
func CheckPath(path string) error {
	for _, part := range strings.Split(path, "/") {
		if part == "" || part == "." || part == ".." || strings.EqualFold(part, ".git") || strings.ContainsRune(part, 0) {
			return fmt.Errorf("%q: %w", path, ErrBadPath)
		}
	}
	return nil
}

// EditTree applies edits to the tree base ("" for an empty one) and returns
// the new tree's id.
func (v *View) EditTree(base string, edits []Edit) (string, error) {
	for _, e := range edits {
		if err := CheckPath(e.Path); err != nil {
			return "", err
		}
	}
	hash, err := v.editTree(base, edits)
	if err == nil && hash == "" {
		written, storeErr := v.store(&object.Tree{})
		return written.String(), storeErr
	}
	return hash, err
}

// editTree returns "" for a tree that became empty.
func (v *View) editTree(base string, edits []Edit) (string, error) {
	entries, err := v.entries(base)
	if err != nil {
		return "", err
	}
	nested := map[string][]Edit{}
	for _, e := range edits {
		name, rest, isNested := strings.Cut(e.Path, "/")
		switch {
		case isNested:
			nested[name] = append(nested[name], Edit{rest, e.Mode, e.SHA})
		case e.SHA == "":
			delete(entries, name)
		default:
			entries[name] = object.TreeEntry{Name: name, Mode: e.Mode, Hash: plumbing.NewHash(e.SHA)}
		}
	}
	for name, inner := range nested {
		if err := v.editChild(entries, name, inner); err != nil {
			return "", err
		}
	}
	return v.writeTree(entries)
}

func (v *View) editChild(entries map[string]object.TreeEntry, name string, edits []Edit) error {
	base := ""
	if entry, ok := entries[name]; ok && entry.Mode == filemode.Dir {
		base = entry.Hash.String()
	}
	child, err := v.editTree(base, edits)
	if err != nil {
		return err
	}
	if child == "" {
		delete(entries, name)
		return nil
	}
	entries[name] = object.TreeEntry{Name: name, Mode: filemode.Dir, Hash: plumbing.NewHash(child)}
	return nil
}

func (v *View) entries(tree string) (map[string]object.TreeEntry, error) {
	entries := map[string]object.TreeEntry{}
	if tree == "" {
		return entries, nil
	}
	t, err := v.TreeObject(plumbing.NewHash(tree))
	if err != nil {
		return nil, fmt.Errorf("tree %s: %w", tree, notFound(err))
	}
	for _, e := range t.Entries {
		entries[e.Name] = e
	}
	return entries, nil
}

func (v *View) writeTree(entries map[string]object.TreeEntry) (string, error) {
	if len(entries) == 0 {
		return "", nil
	}
	tree := &object.Tree{}
	for _, e := range entries {
		tree.Entries = append(tree.Entries, e)
	}
	sort.Sort(object.TreeEntrySorter(tree.Entries))
	hash, err := v.store(tree)
	return hash.String(), err
}

// ReadBlob returns a blob's content, or ErrNotFound. At most limit bytes.
func (v *View) ReadBlob(sha string, limit int64) ([]byte, error) {
	blob, err := v.BlobObject(plumbing.NewHash(sha))
	if err != nil {
		return nil, fmt.Errorf("blob %s: %w", sha, notFound(err))
	}
	if blob.Size > limit {
		return nil, fmt.Errorf("blob %s: %w", sha, ErrTooLarge)
	}
	reader, err := blob.Reader()
	if err != nil {
		return nil, fmt.Errorf("blob %s: %w", sha, err)
	}
	content, err := io.ReadAll(reader)
	return content, errors.Join(err, reader.Close())
}

// ErrTooLarge is returned for content above a reader's limit.
var ErrTooLarge = errors.New("content is too large")

// Entry finds what stands at path in a commit's tree, or ErrNotFound. The
// empty path is the root.
func (v *View) Entry(commit *object.Commit, path string) (object.TreeEntry, error) {
	if path == "" {
		return object.TreeEntry{Mode: filemode.Dir, Hash: commit.TreeHash}, nil
	}
	tree, err := commit.Tree()
	if err != nil {
		return object.TreeEntry{}, fmt.Errorf("tree of %s: %w", commit.Hash, notFound(err))
	}
	entry, err := tree.FindEntry(path)
	if err != nil {
		return object.TreeEntry{}, fmt.Errorf("%s: %w", path, notFound(err))
	}
	return *entry, nil
}
