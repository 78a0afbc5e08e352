package images

import (
	"fmt"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

const (
	suite     = "trixie"
	pathEnv   = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	rootsEnv  = "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"
	nonroot   = 65532
	nonrootID = "65532:65532"

	// RunnerUser is the user and group jobs run as.
	RunnerUser = 1001
	// RunnerBinary is where the runner's binary lies in its image.
	RunnerBinary = "/usr/local/bin/pronto-runner"
)

// npm is the release the runner carries; the integrity is the registry's own.
var npm = &Package{
	Name:      "npm",
	Version:   "10.9.4",
	Integrity: "sha512-OnUG836FwboQIbqtefDNlyR0gTHzIfwRfE3DuiNewBvnMnWEpB0VEXwBlFVgqpNzIgYo/MHh3d2Hel/pszapAA==",
}

// trimmed are paths nobody reads in a container.
var trimmed = []string{
	"/usr/share/man/*", "/usr/share/info/*", "/usr/share/locale/*", "/usr/share/lintian/*",
	"/usr/share/bug/*", "/usr/include/*", "/usr/lib/*/*.a", "/usr/lib/*/perl/*/CORE/*",
	"/usr/share/doc/*/*.gz", "/usr/share/doc/*/examples/*", "/usr/share/doc/*/*.html", "/usr/share/doc/*/*.txt",
	"/usr/share/doc/*/contrib/*", "/usr/share/doc/*/RelNotes/*", "/var/log/*", "/var/lib/apt/lists/*",
}

// bundle does what the ca-certificates package does when it is configured,
// which extraction alone leaves out.
//
// It stays on one line: mmdebstrap takes a hook with line breaks for a file name.
const bundle = `mkdir -p "$1/etc/ssl/certs" && ` +
	`cat "$1"/usr/share/ca-certificates/mozilla/*.crt > "$1/etc/ssl/certs/ca-certificates.crt" && ` +
	`rm -rf "$1/etc/machine-id" "$1/var/cache/debconf"`

// Runner is the root file system of CI jobs, without the runner's binary: see
// WithRunner. npm comes from its own registry: Debian's package of it brings
// nearly 900 others.
func Runner(arch string) Recipe {
	return Recipe{
		Name: "runner", Suite: suite, Arch: arch,
		Packages: []string{
			"base-files", "bash", "ca-certificates", "coreutils", "curl", "dash", "debianutils", "diffutils",
			"findutils", "git", "grep", "gzip", "hostname", "jq", "mawk", "nodejs", "sed", "tar", "unzip", "xz-utils",
		},
		Exclude: append([]string{"/usr/share/nodejs/corepack/*"}, trimmed...),
		Hook:    bundle,
		NPM:     npm,
		Files: append(accounts("runner", RunnerUser),
			directory("/home/runner", RunnerUser),
			directory("/work", RunnerUser),
			link("/usr/bin/awk", "mawk"),
			link("/usr/bin/which", "which.debianutils"),
			link("/usr/local/bin/npm", "../../lib/node_modules/npm/bin/npm-cli.js"),
			link("/usr/local/bin/npx", "../../lib/node_modules/npm/bin/npx-cli.js"),
		),
		Config: v1.Config{
			Env: []string{
				pathEnv, "HOME=/home/runner", "LANG=C.UTF-8",
				rootsEnv,
				"npm_config_update_notifier=false", "npm_config_fund=false",
			},
			User:       "1001:1001",
			WorkingDir: "/work",
			Cmd:        []string{"/bin/bash"},
			Labels:     labels("runner", "CI job runner"),
		},
	}
}

// WithRunner appends the runner's static binary as the last layer, so that a
// new binary leaves the root file system's layers alone.
func WithRunner(root v1.Image, binary string) (v1.Image, error) {
	img, err := appendBinary(root, binary, RunnerBinary)
	if err != nil {
		return nil, err
	}
	return withConfig(img, func(c *v1.Config) { c.Cmd = []string{RunnerBinary} })
}

func labels(name, title string) map[string]string {
	return map[string]string{
		"org.opencontainers.image.title":     title,
		"org.opencontainers.image.ref.name":  "base/" + name,
		"org.opencontainers.image.base.name": "debian:" + suite,
	}
}

// accounts are the user and group tables that Debian's base-passwd writes when
// it is configured. git and Node.js look their own user up.
func accounts(name string, id int) []File {
	passwd := fmt.Sprintf("root:x:0:0:root:/root:/bin/sh\n"+
		"nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"+
		"%[1]s:x:%[2]d:%[2]d:%[1]s:/home/%[1]s:/bin/sh\n", name, id)
	group := fmt.Sprintf("root:x:0:\nnogroup:x:65534:\n%s:x:%d:\n", name, id)
	return []File{
		text("/etc/passwd", passwd),
		text("/etc/group", group),
		text("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n"),
	}
}
