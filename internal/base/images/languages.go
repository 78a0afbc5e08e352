package images

import v1 "github.com/google/go-containerregistry/pkg/v1"

// slim is trimmed and what no language here needs: Perl's modules, which the
// packages' configuration would use, and the C library's character sets.
var slim = append([]string{"/usr/share/perl5/*", "/usr/lib/*/gconv/*"}, trimmed...)

// NodeJS is the base of the nodejs template: Node.js and a shell, no
// package manager. It runs as user 65532.
func NodeJS(arch string) Recipe {
	return Recipe{
		Name: "nodejs", Suite: suite, Arch: arch,
		Packages: []string{"nodejs", "ca-certificates", "base-files", "dash"},
		Exclude:  append([]string{"/usr/share/nodejs/corepack/*", "/usr/share/perl5/*"}, trimmed...),
		Hook:     bundle,
		Files:    append(accounts("nonroot", nonroot), directory("/app", nonroot)),
		Config: v1.Config{
			Env:        []string{pathEnv, "NODE_ENV=production", rootsEnv},
			User:       nonrootID,
			WorkingDir: "/app",
			Cmd:        []string{"node"},
			Labels:     labels("nodejs", "Node.js runtime"),
		},
	}
}

// Golang is where the go template's programs are tested and built. It runs as
// root, in a build only; nothing of it reaches the application's image.
//
// The compiled packages that a server needs lie in GOCACHE: a Dockerfile that
// mounts its cache from there does not compile the standard library, which
// takes two processors half a minute.
func Golang(arch string) Recipe {
	return Recipe{
		Name: "golang", Suite: suite, Arch: arch,
		Packages: []string{"golang-go", "ca-certificates", "base-files", "dash", "coreutils", "grep"},
		Exclude: append([]string{
			"/usr/share/go-*/test/*", "/usr/share/go-*/api/*", "/usr/share/go-*/src/cmd/*", "/usr/share/go-*/src/*_test.go",
			"/usr/share/go-*/src/*/testdata/*", "/usr/lib/go-*/pkg/tool/*/objdump", "/usr/lib/go-*/pkg/tool/*/pprof",
			"/usr/lib/go-*/pkg/tool/*/trace",
		}, slim...),
		Hook:  bundle + " && " + warmGo,
		Files: []File{directory("/go", 0), directory("/src", 0)},
		Config: v1.Config{
			Env:        append([]string{pathEnv, rootsEnv}, goEnv...),
			WorkingDir: "/src",
			Cmd:        []string{"go", "version"},
			Labels:     labels("golang", "Go toolchain"),
		},
	}
}

// goEnv is what the compiled packages depend on: another value and none of
// them would be used.
var goEnv = []string{
	"CGO_ENABLED=0", "GOFLAGS=-trimpath -buildvcs=false", "GOTOOLCHAIN=local", "GOPATH=/go", "GOCACHE=/go/cache", "HOME=/root",
}

// warmGo compiles, in the root, what a server of the standard library and its
// tests import, for building and for vetting.
const warmGo = `mkdir -p "$1/go/warm" "$1/root" "$1/tmp" && ` +
	`printf 'module warm\ngo 1.24\n' > "$1/go/warm/go.mod" && ` +
	`printf 'package main\nimport (_ "embed"; _ "encoding/json"; _ "html/template"; _ "log/slog"; _ "net/http"; _ "net/http/httputil"; _ "os/signal"; _ "runtime/debug"; _ "database/sql"; _ "compress/gzip"; _ "encoding/csv"; _ "encoding/xml"; _ "testing/fstest")\nfunc main() {}\n' > "$1/go/warm/main.go" && ` +
	`printf 'package main\nimport ("testing"; _ "net/http/httptest"; _ "testing/slogtest")\nfunc TestMain(*testing.M) {}\n' > "$1/go/warm/main_test.go" && ` +
	`chroot "$1" /usr/bin/env -C /go/warm PATH=/usr/bin:/bin CGO_ENABLED=0 'GOFLAGS=-trimpath -buildvcs=false' GOTOOLCHAIN=local GOROOT=/usr/lib/go GOPATH=/go GOCACHE=/go/cache HOME=/root sh -euc 'go vet ./... && go build -ldflags="-s -w" -o /tmp/warm . && go test -c -o /tmp/warm .' && ` +
	`rm -rf "$1/go/warm" "$1/tmp/warm" "$1"/tmp/go-build*`

// Static is the base of a program that brings everything with it: the public
// certificate authorities, the time zones and a user that is not root.
func Static(arch string) Recipe {
	return Recipe{
		Name: "static", Suite: suite, Arch: arch,
		Packages: []string{"ca-certificates", "tzdata"},
		// What the two depend on is needed to configure them only.
		Exclude: append([]string{"/etc/*", "/usr/bin/*", "/usr/sbin/*", "/usr/lib/*"}, slim...),
		Hook:    bundle + ` && rm -rf "$1/usr/share/ca-certificates" "$1/usr/share/bash-completion"`,
		Files:   append(accounts("nonroot", nonroot), directory("/app", nonroot)),
		Config: v1.Config{
			Env:        []string{pathEnv, rootsEnv},
			User:       nonrootID,
			WorkingDir: "/app",
			Labels:     labels("static", "nothing but certificates and time zones"),
		},
	}
}

// Python is the base of the python template: Python with gunicorn, and pip as
// a wheel that a build stage can run. It runs as user 65532.
//
// Its modules are compiled here, because a container with a read-only root
// would compile them at each start.
func Python(arch string) Recipe {
	return Recipe{
		Name: "python", Suite: suite, Arch: arch,
		Packages: []string{"python3", "python3-gunicorn", "python3-pip-whl", "ca-certificates", "tzdata", "base-files", "dash", "grep"},
		Exclude: append([]string{
			"/usr/lib/python3*/pydoc_data/*", "/usr/lib/python3*/idlelib/*", "/usr/lib/python3*/test/*",
			"/usr/lib/python3*/ensurepip/*",
		}, slim...),
		Hook:  bundle + ` && chroot "$1" /usr/bin/python3 -m compileall -q --invalidation-mode unchecked-hash /usr/lib/python3.13 /usr/lib/python3`,
		Files: append(accounts("nonroot", nonroot), directory("/app", nonroot)),
		Config: v1.Config{
			Env:        []string{pathEnv, rootsEnv, "LANG=C.UTF-8", "PYTHONUNBUFFERED=1", "PYTHONDONTWRITEBYTECODE=1"},
			User:       nonrootID,
			WorkingDir: "/app",
			Cmd:        []string{"python3"},
			Labels:     labels("python", "Python runtime"),
		},
	}
}

// Nginx is the base of the static template: nginx without a configuration of
// its own. It runs as user 65532 and writes below /tmp only.
func Nginx(arch string) Recipe {
	return Recipe{
		Name: "nginx", Suite: suite, Arch: arch,
		Packages: []string{"nginx", "ca-certificates", "base-files", "dash"},
		Exclude: append([]string{
			"/etc/nginx/sites-*", "/etc/nginx/conf.d/*", "/etc/nginx/snippets/*", "/etc/nginx/modules-*",
			"/etc/nginx/nginx.conf", "/usr/share/nginx/html/*", "/usr/bin/ip", "/usr/sbin/ip", "/usr/sbin/tc", "/usr/sbin/bridge",
		}, slim...),
		Hook:  bundle,
		Files: append(accounts("nonroot", nonroot), directory("/app", nonroot)),
		Config: v1.Config{
			Env:        []string{pathEnv, rootsEnv},
			User:       nonrootID,
			WorkingDir: "/app",
			StopSignal: "SIGQUIT", // ends when the requests under way have
			Cmd:        []string{"nginx", "-g", "daemon off;"},
			Labels:     labels("nginx", "nginx"),
		},
	}
}
