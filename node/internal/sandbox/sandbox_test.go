package sandbox

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestHierarchiesOfBothVersions(t *testing.T) {
	file := filepath.Join(t.TempDir(), "mountinfo")
	text := `30 24 0:26 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
31 30 0:27 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
32 30 0:28 / /sys/fs/cgroup/unified rw,relatime shared:9 - cgroup2 cgroup2 rw
33 24 0:29 / /proc rw - proc proc rw
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := hierarchies(file)
	if err != nil {
		t.Fatal(err)
	}
	want := []hierarchy{{"/sys/fs/cgroup/memory", false}, {"/sys/fs/cgroup/unified", true}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestDelegateTurnsOnWhatTheMachineHas(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "pronto0")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, group := range []string{root, dir} {
		if err := os.WriteFile(filepath.Join(group, "cgroup.controllers"), []byte("rdma memory\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(group, "cgroup.subtree_control"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := delegate(root, dir); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "cgroup.subtree_control"))
	if err != nil || string(got) != "+memory" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestTargetFollowsADanglingLink(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(dir, "resolv.conf")
	if err := os.Symlink("../gone/stub.conf", link); err != nil {
		t.Fatal(err)
	}
	if got, want := target(link), filepath.Join(filepath.Dir(dir), "gone", "stub.conf"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
