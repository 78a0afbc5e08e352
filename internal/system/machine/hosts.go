package machine

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"
)

// HostsFile is the machine's static name table, hosts(5).
const HostsFile = "/etc/hosts"

// SetHosts writes names into a block of file that is marked with owner,
// replacing the block that stood there. No names takes the block out.
// Everything outside the block stays byte for byte.
func SetHosts(file, owner string, address netip.Addr, names []string) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("names of the platform: %w", err)
	}
	text, err := withoutBlock(string(raw), owner)
	if err != nil {
		return fmt.Errorf("names of the platform: %s: %w", file, err)
	}
	if len(names) > 0 {
		if text != "" && !strings.HasSuffix(text, "\n") {
			text += "\n"
		}
		text += blockBegin(owner) + address.String() + " " + strings.Join(names, " ") + "\n" + blockEnd(owner)
	}
	if text == string(raw) {
		return nil
	}
	// Written in place: in a container /etc/hosts is a mount and cannot be renamed over.
	return os.WriteFile(file, []byte(text), 0o644)
}

func blockBegin(owner string) string { return "# pronto begin " + owner + "\n" }
func blockEnd(owner string) string   { return "# pronto end " + owner + "\n" }

func withoutBlock(text, owner string) (string, error) {
	before, rest, found := strings.Cut(text, blockBegin(owner))
	if !found {
		return text, nil
	}
	_, after, closed := strings.Cut(rest, blockEnd(owner))
	if !closed {
		return "", errors.New("the block of " + owner + " has no end: mend it by hand")
	}
	return before + after, nil
}
