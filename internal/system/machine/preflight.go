// Package machine is everything about the machine itself: what must be there
// before the platform starts, and what the platform writes outside its state
// directory (trust store, /etc/hosts), with the way back.
package machine

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/pronto-platform/pronto/internal/config"
)

// Finding is one thing that is missing or in the way.
type Finding struct {
	Subject string `json:"subject"` // e.g. "port 443"
	Problem string `json:"problem"`
	Remedy  string `json:"remedy"`
	// Package is the Debian package whose installation is the remedy, if one is.
	Package string `json:"package,omitempty"`
}

func (f Finding) String() string {
	return fmt.Sprintf("%s: %s\n    %s", f.Subject, f.Problem, f.Remedy)
}

// NotReady is the error that tells all findings.
func NotReady(found []Finding) error {
	var text strings.Builder
	for _, f := range found {
		fmt.Fprintf(&text, "\n  %s", f)
	}
	return fmt.Errorf("this machine is not ready:%s", text.String())
}

// Requirements of the whole platform with a few applications.
const (
	minMemory = 3 << 30
	minDisk   = 6 << 30
)

// Inspect looks at the machine and returns every finding at once.
// ours tells a port's holder that belongs to this platform from a stranger.
func Inspect(cfg config.Config, ours func(pid int) bool) []Finding {
	if runtime.GOOS != "linux" {
		return []Finding{{Subject: "operating system", Problem: runtime.GOOS, Remedy: "Pronto runs on Linux: use a Debian 12 machine, real or virtual"}}
	}
	checks := [][]Finding{checkUser(os.Geteuid()), checkMemory(), checkDisk(cfg.State), checkPorts(cfg, ours)}
	if cfg.Embedded() {
		checks = append(checks, checkKernel())
	}
	return slices.Concat(append(checks, checkPrograms(cfg))...)
}

func checkUser(uid int) []Finding {
	if uid == 0 {
		return nil
	}
	return []Finding{{Subject: "user", Problem: "not root", Remedy: "run it as root (sudo -E make up): namespaces, mounts and ports below 1024 need it"}}
}

func checkMemory() []Finding {
	var info unix.Sysinfo_t
	if err := unix.Sysinfo(&info); err != nil {
		return []Finding{{Subject: "memory", Problem: err.Error(), Remedy: "sysinfo(2) must work"}}
	}
	return atLeast("memory", info.Totalram*uint64(info.Unit), minMemory, "give the machine more memory")
}

func checkDisk(dir string) []Finding {
	var fs unix.Statfs_t
	existing := nearestExisting(dir)
	if err := unix.Statfs(existing, &fs); err != nil {
		return []Finding{{Subject: "disk", Problem: fmt.Sprintf("%s: %v", existing, err), Remedy: "choose another directory with --state"}}
	}
	return atLeast("disk under "+existing, fs.Bavail*uint64(fs.Bsize), minDisk, "free some space, or choose another directory with --state")
}

func atLeast(subject string, have, want uint64, remedy string) []Finding {
	if have >= want {
		return nil
	}
	const gib = 1 << 30
	return []Finding{{
		Subject: subject,
		Problem: fmt.Sprintf("%.1f GiB, at least %.0f GiB are needed", float64(have)/gib, float64(want)/gib),
		Remedy:  remedy,
	}}
}

func nearestExisting(dir string) string {
	for dir != "/" {
		if _, err := os.Stat(dir); err == nil {
			return dir
		}
		dir = dir[:max(1, strings.LastIndexByte(dir, '/'))]
	}
	return dir
}

// checkKernel looks for what the node's namespaces, pods and images need.
func checkKernel() []Finding {
	var found []Finding
	for _, ns := range []string{"mnt", "net", "pid", "uts", "ipc"} {
		if _, err := os.Stat("/proc/self/ns/" + ns); err != nil {
			found = append(found, Finding{Subject: "kernel", Problem: "no " + ns + " namespaces", Remedy: "use a kernel built with namespaces (any distribution's)"})
		}
	}
	filesystems, err := os.ReadFile("/proc/filesystems")
	if err != nil || !strings.Contains(string(filesystems), "\toverlay\n") {
		found = append(found, Finding{Subject: "kernel", Problem: "no overlay file system", Remedy: "load it: modprobe overlay"})
	}
	controllers, err := os.ReadFile("/proc/cgroups")
	for _, c := range []string{"cpu", "memory", "pids"} {
		if err != nil || !strings.Contains("\n"+string(controllers), "\n"+c+"\t") {
			found = append(found, Finding{Subject: "kernel", Problem: "no " + c + " cgroup controller", Remedy: "boot with it enabled, e.g. cgroup_enable=" + c})
		}
	}
	return found
}
