package platform

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Status is what `pronto status -o json` says.
type Status struct {
	Up          bool      `json:"up"`
	Processes   []Process `json:"processes"`
	MemoryBytes int64     `json:"memoryBytes"`
}

// Process is one of the platform's processes.
type Process struct {
	Name        string `json:"name"`
	Running     bool   `json:"running"`
	PID         int    `json:"pid"`
	MemoryBytes int64  `json:"memoryBytes"`
}

// notUp is the exit code of a command whose platform does not run.
const notUp = 5

// Status asks pronto; that the platform does not run is no error.
func (p *Platform) Status(ctx context.Context) (Status, error) {
	var status Status
	raw, err := p.Run(ctx, "status", "-o", "json")
	if err != nil && ExitCode(err) != notUp {
		return status, err
	}
	err = json.Unmarshal([]byte(raw), &status)
	return status, err
}

// PIDs are those of the processes that run, by name.
func (p *Platform) PIDs(ctx context.Context) (map[string]int, error) {
	status, err := p.Status(ctx)
	pids := map[string]int{}
	for _, process := range status.Processes {
		if process.Running {
			pids[process.Name] = process.PID
		}
	}
	return pids, err
}

// Kill ends a process of the platform with SIGKILL and returns its id.
func (p *Platform) Kill(ctx context.Context, name string) (int, error) {
	pids, err := p.PIDs(ctx)
	if err != nil {
		return 0, err
	}
	pid, ok := pids[name]
	if !ok {
		return 0, fmt.Errorf("kill %s: it does not run (%v do)", name, pids)
	}
	return pid, unix.Kill(pid, unix.SIGKILL)
}

// WaitRestart waits until the named process runs under another id than before.
func (p *Platform) WaitRestart(ctx context.Context, name string, before int) (int, error) {
	pid := 0
	err := Eventually(ctx, "restart of "+name, func(ctx context.Context) error {
		pids, err := p.PIDs(ctx)
		if err != nil {
			return err
		}
		if pid = pids[name]; pid == 0 || pid == before {
			return fmt.Errorf("its id is %d, it was %d", pid, before)
		}
		return nil
	})
	return pid, err
}

// Tree is a process and all its descendants, with their command lines.
func Tree(root int) map[int]string {
	children := map[int][]int{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is well-formed
	for _, file := range stats {
		if pid, parent, err := readStat(file); err == nil {
			children[parent] = append(children[parent], pid)
		}
	}
	tree := map[int]string{}
	for queue := []int{root}; len(queue) > 0; queue = queue[1:] {
		if line := commandLine(queue[0]); line != "" {
			tree[queue[0]] = line
		}
		queue = append(queue, children[queue[0]]...)
	}
	return tree
}

func readStat(file string) (pid, parent int, err error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return 0, 0, err
	}
	pid, err1 := strconv.Atoi(strings.Split(file, "/")[2])
	fields := strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+1:]))
	if len(fields) < 2 {
		return 0, 0, errors.New("unreadable " + file)
	}
	parent, err2 := strconv.Atoi(fields[1])
	return pid, parent, errors.Join(err1, err2)
}

func commandLine(pid int) string {
	raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(bytes.ReplaceAll(raw, []byte{0}, []byte{' '})))
}

// Component is the id of a child of the node, e.g. kubelet.
func (p *Platform) Component(ctx context.Context, name string) (int, error) {
	pids, err := p.PIDs(ctx)
	if err != nil {
		return 0, err
	}
	var found []int
	for pid, line := range Tree(pids["node"]) {
		program, _, _ := strings.Cut(line, " ")
		if filepath.Base(program) == name {
			found = append(found, pid)
		}
	}
	if len(found) == 0 {
		return 0, fmt.Errorf("the node runs no %s", name)
	}
	return slices.Min(found), nil
}
