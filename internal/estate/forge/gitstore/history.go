package gitstore

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Change is a commit with the paths it touched against its first parent.
type Change struct {
	SHA, Tree                string
	Parents                  []string
	Author, Committer        Person
	Message                  string
	Added, Removed, Modified []string
}

// Person signs a commit.
type Person struct {
	Name, Email string
	When        time.Time
}

// \x01 opens a commit, \x02 separates its fields; neither occurs in Git's names.
const logFormat = "%x01%H%x02%T%x02%P%x02%an%x02%ae%x02%aI%x02%cn%x02%ce%x02%cI%x02%B%x02"

// Log lists commits newest first, as git-log with the given range arguments
// (revisions, ^revisions, --max-count=...), with the paths each one touched.
func (r *Repo) Log(ctx context.Context, rangeArgs ...string) ([]Change, error) {
	return r.LogPath(ctx, "", rangeArgs...)
}

// LogPath is Log of the commits that touched path; "" is every path.
func (r *Repo) LogPath(ctx context.Context, path string, rangeArgs ...string) ([]Change, error) {
	args := append([]string{"log", "-z", "--name-status", "--no-renames", "--diff-merges=first-parent", "--format=" + logFormat}, rangeArgs...)
	args = append(args, "--")
	if path != "" {
		args = append(args, ":(literal)"+path)
	}
	out, err := r.Git().Run(ctx, args...)
	if err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	var changes []Change
	for _, record := range strings.Split(string(out), "\x01")[1:] {
		change, err := parseChange(record)
		if err != nil {
			return nil, fmt.Errorf("read history: %w", err)
		}
		changes = append(changes, change)
	}
	return changes, nil
}

func parseChange(record string) (Change, error) {
	fields := strings.SplitN(record, "\x02", 11)
	if len(fields) != 11 {
		return Change{}, fmt.Errorf("git log gave %d fields, want 11", len(fields))
	}
	authored, err := time.Parse(time.RFC3339, fields[5])
	if err != nil {
		return Change{}, err
	}
	committed, err := time.Parse(time.RFC3339, fields[8])
	if err != nil {
		return Change{}, err
	}
	c := Change{
		SHA: fields[0], Tree: fields[1], Parents: strings.Fields(fields[2]),
		Author:    Person{fields[3], fields[4], authored},
		Committer: Person{fields[6], fields[7], committed},
		Message:   strings.TrimRight(fields[9], "\n"),
		Added:     []string{}, Removed: []string{}, Modified: []string{},
	}
	c.addPaths(fields[10])
	return c, nil
}

// addPaths reads "status NUL path NUL ..." as git-log -z --name-status writes it.
func (c *Change) addPaths(text string) {
	parts := strings.Split(strings.TrimLeft(text, "\x00\n"), "\x00")
	for i := 0; i+1 < len(parts); i += 2 {
		switch status, path := strings.TrimSpace(parts[i]), parts[i+1]; {
		case strings.HasPrefix(status, "A"):
			c.Added = append(c.Added, path)
		case strings.HasPrefix(status, "D"):
			c.Removed = append(c.Removed, path)
		case status != "":
			c.Modified = append(c.Modified, path)
		}
	}
}

// Count returns how many commits are only in left and only in right.
func (r *Repo) Count(ctx context.Context, left, right string) (onlyLeft, onlyRight int, err error) {
	out, err := r.Git().Run(ctx, "rev-list", "--left-right", "--count", left+"..."+right)
	if err != nil {
		return 0, 0, fmt.Errorf("compare %s with %s: %w", left, right, err)
	}
	fields := strings.Fields(string(out))
	if len(fields) != 2 {
		return 0, 0, fmt.Errorf("compare %s with %s: git answered %q", left, right, out)
	}
	if onlyLeft, err = strconv.Atoi(fields[0]); err != nil {
		return 0, 0, err
	}
	onlyRight, err = strconv.Atoi(fields[1])
	return onlyLeft, onlyRight, err
}

// MergeBase returns the best common ancestor, or ErrNotFound.
func (r *Repo) MergeBase(ctx context.Context, a, b string) (string, error) {
	out, err := r.Git().Run(ctx, "merge-base", a, b)
	if err != nil {
		return "", fmt.Errorf("common ancestor of %s and %s: %w", a, b, ErrNotFound)
	}
	return strings.TrimSpace(string(out)), nil
}
