// Package scm is the scmProvider generator: it lists the repositories of an
// organisation and yields the parameters of each that the filters keep.
package scm

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
)

// Repository is one repository at one branch.
type Repository struct {
	Organization, Name, URL, Branch, SHA string
	ID                                   int64
	Labels                               []string
}

// filter is one compiled entry of spec.filters.
type filter struct {
	repository, label, branch *regexp.Regexp
	exist, absent             []string
}

// byBranch: an entry that looks at a branch or its files is of the branch
// type, any other of the repository type. Entries of one type are
// alternatives; a repository must pass an entry of each type that is present.
func (f filter) byBranch() bool { return f.branch != nil || len(f.exist) > 0 || len(f.absent) > 0 }

func compile(filters []argo.SCMProviderFilter) ([]filter, error) {
	compiled := make([]filter, len(filters))
	for i, given := range filters {
		entry := filter{exist: given.PathsExist, absent: given.PathsDoNotExist}
		for _, expression := range []struct {
			name string
			from *string
			to   **regexp.Regexp
		}{
			{"RepositoryMatch", given.RepositoryMatch, &entry.repository},
			{"LabelMatch", given.LabelMatch, &entry.label},
			{"BranchMatch", given.BranchMatch, &entry.branch},
		} {
			if expression.from == nil {
				continue
			}
			parsed, err := regexp.Compile(*expression.from)
			if err != nil {
				return nil, fmt.Errorf("error compiling %s regexp %q: %w", expression.name, *expression.from, err)
			}
			*expression.to = parsed
		}
		compiled[i] = entry
	}
	return compiled, nil
}

// pathExists answers whether a repository has a file or directory at its branch.
type pathExists func(ctx context.Context, repo Repository, path string) (bool, error)

// keeps says whether repo passes the filters of one type. No filter of the type keeps all.
func keeps(ctx context.Context, filters []filter, branches bool, repo Repository, exists pathExists) (bool, error) {
	any := false
	for _, f := range filters {
		if f.byBranch() != branches {
			continue
		}
		any = true
		matches, err := f.matches(ctx, repo, branches, exists)
		if err != nil || matches {
			return matches, err
		}
	}
	return !any, nil
}

func (f filter) matches(ctx context.Context, repo Repository, branches bool, exists pathExists) (bool, error) {
	if f.repository != nil && !f.repository.MatchString(repo.Name) {
		return false, nil
	}
	if f.label != nil && !anyMatch(f.label, repo.Labels) {
		return false, nil
	}
	if !branches {
		return true, nil
	}
	if f.branch != nil && !f.branch.MatchString(repo.Branch) {
		return false, nil
	}
	for _, want := range []struct {
		paths  []string
		answer bool
	}{{f.exist, true}, {f.absent, false}} {
		for _, path := range want.paths {
			found, err := exists(ctx, repo, strings.TrimRight(path, "/"))
			if err != nil || found != want.answer {
				return false, err
			}
		}
	}
	return true, nil
}

func anyMatch(expression *regexp.Regexp, labels []string) bool {
	for _, label := range labels {
		if expression.MatchString(label) {
			return true
		}
	}
	return false
}
