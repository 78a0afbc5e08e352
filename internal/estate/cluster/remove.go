package cluster

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
)

// cgroupDrain is how long the kernel may take to let go of the processes of a
// dead node; it reports a group as busy until then, and signals nothing.
const cgroupDrain = 5 * time.Second

// Remove takes away all that EnsureNetwork and Start have put on the machine,
// the state directory excepted. The node must have ended. What is not there is
// no error, so it may be called again.
func Remove(ctx context.Context, cfg Config) error {
	err := errors.Join(
		attempt("interface "+hostLink(cfg), removeLink(hostLink(cfg))),
		attempt("bridge "+cfg.Bridge, removeLink(cfg.Bridge)), // its routes go with it
		attempt("NAT table", removeNAT(ctx, cfg)),
		attempt("IP forwarding", restoreForwarding(cfg)),
		attempt("mounts below "+cfg.Dir, removeMounts(cfg.Dir)),
		attempt("control groups", removeCgroups(ctx, cgroupRoot(cfg))),
	)
	if err != nil {
		return fmt.Errorf("cluster: remove: %w", err)
	}
	return nil
}

func attempt(what string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// removeMounts unmounts what may be left below dir. A node's mounts are in its
// own namespace and end with it, so there is something only when dir was used
// by other means.
func removeMounts(dir string) error {
	mounts, err := mountpoints("")
	if err != nil {
		return err
	}
	slices.Reverse(mounts) // the last one lies on top
	for _, path := range mounts {
		if !strings.HasPrefix(path, dir+"/") {
			continue
		}
		if err := syscall.Unmount(path, syscall.MNT_DETACH); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}

// mountpoints lists this process's mounts whose file system type begins with
// kind, proc_pid_mountinfo(5).
func mountpoints(kind string) ([]string, error) {
	file, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var found []string
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		before, after, ok := strings.Cut(lines.Text(), " - ")
		fields := strings.Fields(before)
		if ok && len(fields) >= 5 && strings.HasPrefix(after, kind) {
			found = append(found, fields[4])
		}
	}
	return found, lines.Err()
}

func cgroupRoot(cfg Config) string { return "/" + cfg.Bridge }

// removeCgroups removes the node's groups from every hierarchy, children first.
func removeCgroups(ctx context.Context, root string) error {
	mounts, err := mountpoints("cgroup")
	if err != nil {
		return err
	}
	for _, mount := range mounts {
		dir := filepath.Join(mount, root)
		var last error
		err := wait.PollUntilContextTimeout(ctx, 20*time.Millisecond, cgroupDrain, true, func(context.Context) (bool, error) {
			last = removeGroup(dir)
			return last == nil, nil
		})
		if err != nil {
			return errors.Join(err, last)
		}
	}
	return nil
}

func removeGroup(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		if err := removeGroup(filepath.Join(dir, entry.Name())); err != nil {
			return err
		}
	}
	return syscall.Rmdir(dir)
}
