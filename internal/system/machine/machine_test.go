package machine

import (
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestABlockOfNamesComesAndGoesWithoutATrace(t *testing.T) {
	file := filepath.Join(t.TempDir(), "hosts")
	const before = "127.0.0.1 localhost\n10.0.0.9 db" // no newline at the end, as people leave it
	if err := os.WriteFile(file, []byte(before), 0o644); err != nil {
		t.Fatal(err)
	}
	loopback := netip.MustParseAddr("127.0.0.1")
	for range 2 { // a second time replaces
		if err := SetHosts(file, "/var/lib/pronto", loopback, []string{"portal.x", "git.x"}); err != nil {
			t.Fatal(err)
		}
	}
	if got := read(t, file); strings.Count(got, "127.0.0.1 portal.x git.x\n") != 1 || !strings.HasPrefix(got, before+"\n") {
		t.Errorf("with block:\n%s", got)
	}
	if err := SetHosts(file, "/var/lib/pronto", loopback, nil); err != nil {
		t.Fatal(err)
	}
	if got := read(t, file); got != before+"\n" {
		t.Errorf("without block: %q", got)
	}
}

func TestABlockWithoutEndIsNotCutOff(t *testing.T) {
	file := filepath.Join(t.TempDir(), "hosts")
	text := "# pronto begin s\n127.0.0.1 a\n10.0.0.1 precious\n"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := SetHosts(file, "s", netip.MustParseAddr("127.0.0.1"), nil); err == nil || read(t, file) != text {
		t.Errorf("SetHosts = %v; the file now holds %q", err, read(t, file))
	}
}

func TestATakenPortNamesItsHolder(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	address := netip.MustParseAddrPort(l.Addr().String())
	finding, taken := checkPort(address, "--https-port", func(int) bool { return false })
	if !taken || !strings.Contains(finding.Problem, "(process ") || !strings.Contains(finding.Remedy, "--https-port") {
		t.Errorf("finding = %+v, %v", finding, taken)
	}
	if _, taken := checkPort(address, "", func(pid int) bool { return pid == os.Getpid() }); taken {
		t.Error("a port of our own was reported")
	}
}

func TestTooLittleIsSaidWithFigures(t *testing.T) {
	found := atLeast("memory", 1<<30, minMemory, "more")
	if len(found) != 1 || found[0].Problem != "1.0 GiB, at least 3 GiB are needed" {
		t.Errorf("found = %+v", found)
	}
	if found := atLeast("memory", minMemory, minMemory, "more"); len(found) != 0 {
		t.Errorf("enough was reported: %+v", found)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
