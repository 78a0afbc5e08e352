package machine

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/pronto-platform/pronto/internal/config"
)

func checkPorts(cfg config.Config, ours func(pid int) bool) []Finding {
	var found []Finding
	for _, port := range []struct {
		number int
		flag   string
	}{{cfg.Edge.HTTPSPort, "--https-port"}, {cfg.Edge.HTTPPort, "--http-port"}, {cfg.DNS.Port, "--dns-port"}} {
		address := netip.AddrPortFrom(cfg.Edge.Address, uint16(port.number))
		if f, taken := checkPort(address, port.flag, ours); taken {
			found = append(found, f)
		}
	}
	return found
}

func checkPort(address netip.AddrPort, flag string, ours func(pid int) bool) (Finding, bool) {
	listener, err := net.ListenTCP("tcp", net.TCPAddrFromAddrPort(address))
	if err == nil {
		_ = listener.Close() // it was opened only to see whether it can be
		return Finding{}, false
	}
	f := Finding{Subject: "port " + strconv.Itoa(int(address.Port())), Problem: err.Error()}
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		holder := holderOf(address)
		if slices.ContainsFunc(holder, func(h process) bool { return ours(h.pid) }) {
			return Finding{}, false
		}
		f.Problem = "taken by " + describe(holder)
		f.Remedy = "stop it, or choose another port with " + flag
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		f.Remedy = fmt.Sprintf("%s is no address of this machine: choose one with --address", address.Addr())
	default:
		f.Remedy = "choose another port with " + flag
	}
	return f, true
}

type process struct {
	pid  int
	name string
}

func describe(holders []process) string {
	if len(holders) == 0 {
		return "a process that cannot be seen from here"
	}
	return fmt.Sprintf("%s (process %d)", holders[0].name, holders[0].pid)
}

// holderOf finds the processes that listen on address, or on every address, at its port.
func holderOf(address netip.AddrPort) []process {
	inodes := listeningInodes("/proc/net/tcp", address.Port())
	for inode := range listeningInodes("/proc/net/tcp6", address.Port()) {
		inodes[inode] = true
	}
	var holders []process
	links, _ := filepath.Glob("/proc/[0-9]*/fd/[0-9]*") // the pattern is well-formed
	for _, link := range links {
		target, err := os.Readlink(link)
		if err != nil || !inodes[strings.TrimSuffix(strings.TrimPrefix(target, "socket:["), "]")] {
			continue
		}
		pid, err := strconv.Atoi(strings.Split(link, "/")[2])
		if err != nil {
			continue
		}
		name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
		if err == nil {
			holders = append(holders, process{pid, strings.TrimSpace(string(name))})
		}
	}
	return holders
}

// listeningInodes reads proc_net_tcp(5): local address, state and inode by column.
func listeningInodes(table string, port uint16) map[string]bool {
	inodes := map[string]bool{}
	file, err := os.Open(table)
	if err != nil {
		return inodes
	}
	defer file.Close()
	const local, state, inode, listening = 1, 3, 9, "0A"
	for lines := bufio.NewScanner(file); lines.Scan(); {
		columns := strings.Fields(lines.Text())
		if len(columns) <= inode || columns[state] != listening {
			continue
		}
		_, hexPort, _ := strings.Cut(columns[local], ":")
		raw, err := hex.DecodeString(hexPort)
		if err == nil && len(raw) == 2 && uint16(raw[0])<<8|uint16(raw[1]) == port {
			inodes[columns[inode]] = true
		}
	}
	return inodes
}
