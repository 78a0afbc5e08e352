package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const (
	indexFile  = "index.json"
	uploadsDir = "_uploads"
	purgeFile  = "_purge" // stands in a repository from before a manifest is deleted until the repository is purged
)

// storedIndex is what is read of a repository's index.json, an OCI layout's.
type storedIndex struct {
	Manifests []storedManifest `json:"manifests"`
}

type storedManifest struct {
	Digest      string            `json:"digest"`
	Annotations map[string]string `json:"annotations"`
}

const tagAnnotation = "org.opencontainers.image.ref.name"

func (s storedIndex) tagged() bool {
	return slices.ContainsFunc(s.Manifests, func(m storedManifest) bool { return m.Annotations[tagAnnotation] != "" })
}

func (s storedIndex) has(tag string) bool {
	return slices.ContainsFunc(s.Manifests, func(m storedManifest) bool { return m.Annotations[tagAnnotation] == tag })
}

func (r *Registry) index(repository string) (storedIndex, error) {
	var index storedIndex
	raw, err := os.ReadFile(filepath.Join(r.root(), filepath.FromSlash(repository), indexFile))
	if errors.Is(err, fs.ErrNotExist) {
		return index, nil
	}
	if err != nil {
		return index, err
	}
	err = json.Unmarshal(raw, &index)
	return index, err
}

// there reports whether a read can find anything: the store would remember
// every name that was ever asked for. A repository without manifests has no
// tags, but may have blobs of a push under way.
func (r *Registry) there(t target) bool {
	if t.Repository == "" {
		return true
	}
	if t.Kind == "tags" {
		return r.exists(t.Repository)
	}
	_, err := os.Stat(filepath.Join(r.root(), filepath.FromSlash(t.Repository), indexFile))
	return !errors.Is(err, fs.ErrNotExist)
}

// exists reports whether the repository holds a manifest. What cannot be read
// counts as there, so that the store gives its own error.
func (r *Registry) exists(repository string) bool {
	index, err := r.index(repository)
	return err != nil || len(index.Manifests) > 0
}

// remove passes on the deletion of a manifest, and purges the repository with
// its last tag. What a process that dies leaves undone, the next one does.
func (r *Registry) remove(answer *limitedAnswer, req *http.Request, repository string) {
	r.purge.Lock()
	defer r.purge.Unlock()
	note := filepath.Join(r.root(), filepath.FromSlash(repository), purgeFile)
	if err := os.WriteFile(note, nil, 0o600); err != nil && !errors.Is(err, fs.ErrNotExist) {
		r.log.Error("a deletion is not noted", "repository", repository, "error", err)
		writeError(answer, http.StatusInternalServerError, "UNKNOWN", "the deletion cannot be noted")
		return
	}
	r.store.ServeHTTP(answer, req)
	var err error
	if answer.status == http.StatusAccepted {
		err = r.purgeIfEmpty(req.Context(), repository)
	}
	r.purged(note, repository, err)
}

// purged takes a note away, or leaves it to the next start after an error.
func (r *Registry) purged(note, repository string, err error) {
	if err == nil {
		err = os.Remove(note)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		r.log.Warn("repository not purged", "repository", repository, "error", err)
	}
}

// purgeNoted does what a process that has died left undone.
func (r *Registry) purgeNoted() error {
	var notes []string
	err := r.walk(func(path string, entry fs.DirEntry) error {
		if entry.Name() == purgeFile {
			notes = append(notes, path)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, note := range notes {
		repository, err := r.repositoryOf(note)
		if err != nil {
			return err
		}
		r.purged(note, repository, r.purgeIfEmpty(context.Background(), repository))
	}
	return nil
}

// purgeIfEmpty removes what a repository still holds once its last tag is
// gone, at once instead of at the next collection: an application that was
// deleted leaves nothing behind. The store does the removing, so that what it
// remembers and what lies on disk stay the same.
func (r *Registry) purgeIfEmpty(ctx context.Context, repository string) error {
	index, err := r.index(repository)
	if err != nil {
		return err
	}
	if index.tagged() {
		return nil
	}
	for _, m := range index.Manifests {
		r.drop(ctx, repository, "manifests", m.Digest)
	}
	blobs, err := r.blobs(repository)
	if err != nil {
		return err
	}
	for _, digest := range blobs {
		r.drop(ctx, repository, "blobs", digest)
	}
	r.log.Info("repository purged", "repository", repository, "blobs", len(blobs))
	return nil
}

// drop has the store delete one item; one that is gone already is fine.
func (r *Registry) drop(ctx context.Context, repository, kind, digest string) {
	path := fmt.Sprintf("/v2/%s/%s/%s", repository, kind, digest)
	request, err := http.NewRequestWithContext(context.WithoutCancel(ctx), http.MethodDelete, path, http.NoBody)
	if err != nil {
		r.log.Warn("not deleted", "repository", repository, "digest", digest, "error", err)
		return
	}
	answer := &nobody{header: http.Header{}}
	r.store.ServeHTTP(answer, request)
	if answer.status != http.StatusAccepted && answer.status != http.StatusNotFound {
		r.log.Warn("not deleted", "repository", repository, "digest", digest, "status", answer.status)
	}
}

func (r *Registry) blobs(repository string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(r.root(), filepath.FromSlash(repository), "blobs", "*", "*"))
	if err != nil {
		return nil, err
	}
	var digests []string
	for _, file := range files {
		digests = append(digests, filepath.Base(filepath.Dir(file))+":"+filepath.Base(file))
	}
	return digests, nil
}

// repositories lists those that hold a manifest, sorted.
func (r *Registry) repositories() ([]string, error) {
	var names []string
	err := r.walk(func(path string, entry fs.DirEntry) error {
		if entry.Name() != indexFile {
			return nil
		}
		name, err := r.repositoryOf(path)
		if err != nil {
			return err
		}
		if r.exists(name) {
			names = append(names, name)
		}
		return nil
	})
	slices.Sort(names)
	return names, err
}

// repositoryOf names the repository in whose folder a file lies.
func (r *Registry) repositoryOf(file string) (string, error) {
	name, err := filepath.Rel(r.root(), filepath.Dir(file))
	return filepath.ToSlash(name), err
}

func (r *Registry) dropStaleUploads() error {
	return r.walk(func(path string, entry fs.DirEntry) error {
		if !entry.IsDir() || entry.Name() != uploadsDir {
			return nil
		}
		if err := os.RemoveAll(path); err != nil {
			return fmt.Errorf("registry: remove stale uploads: %w", err)
		}
		return fs.SkipDir
	})
}

// walk visits the store without its blobs; files that vanish meanwhile are
// skipped.
func (r *Registry) walk(visit func(string, fs.DirEntry) error) error {
	return filepath.WalkDir(r.root(), func(path string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == "blobs":
			return fs.SkipDir
		}
		return visit(path, entry)
	})
}

// serveCatalog lists repositories, paged by n and last.
func (r *Registry) serveCatalog(w http.ResponseWriter, req *http.Request) {
	names, err := r.repositories()
	if err != nil {
		r.log.Error("catalog not read", "error", err)
		writeError(w, http.StatusInternalServerError, "UNKNOWN", "the list of repositories cannot be read")
		return
	}
	query := req.URL.Query()
	page, next := paged(names, query.Get("n"), query.Get("last"))
	if next {
		query.Set("last", page[len(page)-1])
		w.Header().Set("Link", fmt.Sprintf(`</v2/_catalog?%s>; rel="next"`, query.Encode()))
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(map[string][]string{"repositories": page}); err != nil {
		r.log.Debug("catalog not delivered", "error", err)
	}
}

func paged(names []string, n, last string) (page []string, next bool) {
	page = []string{}
	for _, name := range names {
		if strings.Compare(name, last) > 0 {
			page = append(page, name)
		}
	}
	size, err := strconv.Atoi(n)
	if err != nil || size < 0 || size >= len(page) {
		return page, false
	}
	return page[:size], size > 0
}
