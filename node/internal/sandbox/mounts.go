// Package sandbox makes the namespaces a node was started in its own: mounts,
// host name, network and control groups. Nothing it does is seen outside them,
// except the node's own control groups.
package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/pronto-platform/pronto/node/internal/nodeconf"
)

// Mounts makes the mount namespace private and gives the node its own /proc,
// /run, /var/log, /var/lib, names and resolver.
func Mounts(cfg nodeconf.Config) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make mounts private: %w", err)
	}
	// Read before /run is covered: /etc/resolv.conf is often a link into it.
	resolv := target("/etc/resolv.conf")
	steps := []func() error{
		func() error { return mount("proc", "/proc", "proc", 0, "") },
		func() error { return mount("tmpfs", "/run", "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=755") },
		func() error { return privateVarLib(cfg) },
		func() error { return bindDir(cfg.Path("var-log"), "/var/log") },
		func() error { return cover(target("/etc/hosts"), cfg.Path("etc", "hosts")) },
		func() error { return cover(resolv, cfg.Path("etc", "resolv.conf")) },
		pinKernelSettings,
		// The kubelet wants a shared root; its peers are this namespace's only.
		func() error { return unix.Mount("", "/", "", unix.MS_REC|unix.MS_SHARED, "") },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return unix.Sethostname([]byte(cfg.Name))
}

// privateVarLib hides the machine's /var/lib, where Kubernetes and CNI have
// fixed paths (/var/lib/kubelet, /var/lib/cni), but for what the node needs of it.
func privateVarLib(cfg nodeconf.Config) error {
	const aside = "/run/machine-var-lib"
	keep, err := belowVarLib(cfg)
	if err != nil {
		return err
	}
	if err := bindDirRec("/var/lib", aside); err != nil {
		return err
	}
	if err := mount("tmpfs", "/var/lib", "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=755"); err != nil {
		return err
	}
	for _, name := range keep {
		if err := bindDirRec(filepath.Join(aside, name), filepath.Join("/var/lib", name)); err != nil {
			return err
		}
	}
	return unix.Unmount(aside, unix.MNT_DETACH)
}

// belowVarLib are the entries of /var/lib that hold files of the node.
func belowVarLib(cfg nodeconf.Config) ([]string, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	paths := append([]string{self, cfg.Dir, cfg.PauseBinary, cfg.BuildkitdBinary, cfg.Registry.CAFile, cfg.Runc, cfg.CNIBinDir}, cfg.Preload...)
	var names []string
	for _, path := range paths {
		rest, ok := strings.CutPrefix(path, "/var/lib/")
		if !ok {
			continue
		}
		name, _, _ := strings.Cut(rest, "/")
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names, nil
}

// pinned are the kernel settings the kubelet insists on. They belong to the
// whole machine, so the node shows the kubelet what it wants to read instead
// of letting it change them.
var pinned = map[string]string{
	"/proc/sys/vm/overcommit_memory":      "1",
	"/proc/sys/vm/panic_on_oom":           "0",
	"/proc/sys/kernel/panic":              "10",
	"/proc/sys/kernel/panic_on_oops":      "1",
	"/proc/sys/kernel/keys/root_maxkeys":  "1000000",
	"/proc/sys/kernel/keys/root_maxbytes": "25000000",
}

func pinKernelSettings() error {
	const dir = "/run/kernel-settings"
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for path, value := range pinned {
		file := filepath.Join(dir, filepath.Base(path))
		if err := os.WriteFile(file, []byte(value+"\n"), 0o644); err != nil {
			return err
		}
		if err := cover(path, file); err != nil {
			return err
		}
	}
	return nil
}

// target follows links as far as they go, even when the last one dangles.
func target(path string) string {
	for range 10 {
		link, err := os.Readlink(path)
		if err != nil {
			return path
		}
		if !filepath.IsAbs(link) {
			link = filepath.Join(filepath.Dir(path), link)
		}
		path = link
	}
	return path
}

// cover binds source over the file path. A path below the private /run is made
// first; any other that is missing stays missing, for it would be the machine's.
func cover(path, source string) error {
	if strings.HasPrefix(path, "/run/") {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		file, err := os.OpenFile(path, os.O_CREATE, 0o644)
		if err != nil {
			return err
		}
		if err := file.Close(); err != nil {
			return err
		}
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return mount(source, path, "", unix.MS_BIND, "")
}

func bindDir(source, path string) error {
	if err := os.MkdirAll(source, 0o755); err != nil {
		return err
	}
	return mount(source, path, "", unix.MS_BIND, "")
}

func bindDirRec(source, path string) error {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return err
	}
	return mount(source, path, "", unix.MS_BIND|unix.MS_REC, "")
}

func mount(source, path, kind string, flags uintptr, data string) error {
	if err := unix.Mount(source, path, kind, flags, data); err != nil {
		return fmt.Errorf("mount %s on %s: %w", source, path, err)
	}
	return nil
}
