package sandbox

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// hierarchy is one mounted cgroup file system.
type hierarchy struct {
	mountpoint string
	unified    bool
}

// Cgroups makes the node's root group in every hierarchy, of version 1 and 2,
// and hands it the controllers that the machine has.
func Cgroups(root string) error {
	mounted, err := hierarchies("/proc/self/mountinfo")
	if err != nil {
		return err
	}
	for _, h := range mounted {
		dir := filepath.Join(h.mountpoint, root)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("control group %s: %w", dir, err)
		}
		if h.unified {
			err = delegate(h.mountpoint, dir)
		} else {
			err = inheritCPUSet(h.mountpoint, dir)
		}
		if err != nil {
			return fmt.Errorf("control group %s: %w", dir, err)
		}
	}
	return nil
}

// hierarchies reads the cgroup mounts of a mountinfo file, proc_pid_mountinfo(5).
func hierarchies(mountinfo string) ([]hierarchy, error) {
	file, err := os.Open(mountinfo)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var found []hierarchy
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		before, after, ok := strings.Cut(lines.Text(), " - ")
		fields, kind := strings.Fields(before), strings.Fields(after)
		if !ok || len(fields) < 5 || len(kind) == 0 || !strings.HasPrefix(kind[0], "cgroup") {
			continue
		}
		found = append(found, hierarchy{mountpoint: fields[4], unified: kind[0] == "cgroup2"})
	}
	return found, lines.Err()
}

// delegate turns on, for the children of the machine's root and of dir, every
// controller the root has.
func delegate(root, dir string) error {
	for _, group := range []string{root, dir} {
		available, err := os.ReadFile(filepath.Join(group, "cgroup.controllers"))
		if err != nil {
			return err
		}
		wanted := slices.DeleteFunc(strings.Fields(string(available)), func(name string) bool {
			return !slices.Contains([]string{"cpu", "cpuset", "memory", "pids", "io", "hugetlb"}, name)
		})
		for _, name := range wanted {
			if err := os.WriteFile(filepath.Join(group, "cgroup.subtree_control"), []byte("+"+name), 0); err != nil {
				return fmt.Errorf("controller %s: %w", name, err)
			}
		}
	}
	return nil
}

// inheritCPUSet fills a new cpuset group, which in version 1 begins empty and
// takes no process until it is filled. Other hierarchies have no such files.
func inheritCPUSet(root, dir string) error {
	for _, name := range []string{"cpuset.cpus", "cpuset.mems"} {
		value, err := os.ReadFile(filepath.Join(root, name))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), value, 0); err != nil {
			return err
		}
	}
	return nil
}
