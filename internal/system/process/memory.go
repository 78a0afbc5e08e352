package process

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Memory is the proportional set size of a process and all its descendants, in
// bytes: memory that processes share is counted once among them.
func (id Identity) Memory() int64 {
	children := childrenByParent()
	var sum int64
	for queue := []int{id.PID}; len(queue) > 0; queue = queue[1:] {
		sum += proportionalSetSize(queue[0])
		queue = append(queue, children[queue[0]]...)
	}
	return sum
}

func childrenByParent() map[int][]int {
	children := map[int][]int{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is well-formed
	for _, file := range stats {
		raw, err := os.ReadFile(file)
		if err != nil {
			continue // it ended meanwhile
		}
		fields := strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+1:]))
		pid, err1 := strconv.Atoi(strings.Split(file, "/")[2])
		parent, err2 := strconv.Atoi(fields[1])
		if err1 == nil && err2 == nil {
			children[parent] = append(children[parent], pid)
		}
	}
	return children
}

// proportionalSetSize reads proc_pid_smaps(5); a process that ended has none.
func proportionalSetSize(pid int) int64 {
	file, err := os.Open(filepath.Join("/proc", strconv.Itoa(pid), "smaps_rollup"))
	if err != nil {
		return 0
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "Pss:"); ok {
			kib, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			if err != nil {
				return 0
			}
			return kib << 10
		}
	}
	return 0
}

// OwnMemory is the proportional set size of the process alone, in bytes.
func (id Identity) OwnMemory() int64 { return proportionalSetSize(id.PID) }
