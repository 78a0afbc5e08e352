package images

import (
	"os"
	"path/filepath"
	"strings"
)

const aptDir = "/etc/apt"

// machineSources are source lines for the suite at the Debian archive the
// machine is configured with; nil, where there is none, leaves the choice to
// mmdebstrap.
func machineSources(suite, dir string) []string {
	var archive, security string
	for _, uri := range sourceURIs(dir) {
		uri = strings.TrimSuffix(uri, "/")
		switch {
		case security == "" && strings.HasSuffix(uri, "/debian-security"):
			security = uri
		case archive == "" && strings.HasSuffix(uri, "/debian"):
			archive = uri
		}
	}
	if archive == "" {
		return nil
	}
	lines := []string{"deb " + archive + " " + suite + " main", "deb " + archive + " " + suite + "-updates main"}
	if security != "" {
		lines = append(lines, "deb "+security+" "+suite+"-security main")
	}
	return lines
}

// sourceURIs lists the addresses apt is configured with, in both its formats.
// A file that cannot be read counts as empty.
func sourceURIs(dir string) []string {
	files, _ := filepath.Glob(filepath.Join(dir, "sources.list.d", "*")) // the pattern is constant and well formed
	var uris []string
	for _, name := range append(files, filepath.Join(dir, "sources.list")) {
		raw, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		for _, line := range strings.Split(string(raw), "\n") {
			uris = append(uris, lineURIs(line)...)
		}
	}
	return uris
}

func lineURIs(line string) []string {
	fields := strings.Fields(line)
	if len(fields) < 2 {
		return nil
	}
	if !strings.EqualFold(fields[0], "URIs:") && fields[0] != "deb" {
		return nil
	}
	var uris []string
	for _, field := range fields[1:] {
		if strings.HasPrefix(field, "http://") || strings.HasPrefix(field, "https://") {
			uris = append(uris, field)
		}
	}
	return uris
}
