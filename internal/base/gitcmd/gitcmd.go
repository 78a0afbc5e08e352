// Package gitcmd runs the system's git. Credentials and the certificate
// authority travel in the environment (GIT_CONFIG_*), never on a command line,
// where any user of the machine could read them.
package gitcmd

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"

	"github.com/pronto-platform/pronto/internal/base/secret"
)

// Remote says how to reach the forge over HTTPS. The zero value is fine for
// work on local repositories.
type Remote struct {
	Origin  string        // scheme://host[:port]/ that the settings below apply to
	Resolve string        // host:port:address, or empty; see http.curloptResolve in git-config(1)
	CAFile  string        // PEM bundle, or empty for the machine's
	User    string        // user name for Basic authentication; "x-access-token" by GitHub's convention
	Token   secret.String // empty: anonymous
}

// Git runs commands in one directory against one remote.
type Git struct {
	Dir    string
	Remote Remote
	Env    []string // further variables, e.g. GIT_AUTHOR_NAME=...
}

// Error is a git command that ended with a non-zero status.
type Error struct {
	Args   []string
	Stderr string
	Cause  error
}

func (e *Error) Error() string {
	return fmt.Sprintf("git %s: %s", strings.Join(e.Args, " "), firstNonEmpty(strings.TrimSpace(e.Stderr), e.Cause.Error()))
}

// Unwrap returns the *exec.ExitError or the start error.
func (e *Error) Unwrap() error { return e.Cause }

// Run executes git with args and returns its standard output.
func (g Git) Run(ctx context.Context, args ...string) ([]byte, error) {
	return g.RunInput(ctx, nil, args...)
}

// RunInput is Run with standard input.
func (g Git) RunInput(ctx context.Context, stdin []byte, args ...string) ([]byte, error) {
	cmd := g.Command(ctx, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(stdin), &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return stdout.Bytes(), &Error{Args: args, Stderr: stderr.String(), Cause: err}
	}
	return stdout.Bytes(), nil
}

// Command prepares a git process for a caller that streams its input or
// output. When ctx ends it is killed with the helpers that it started, such as
// the one that speaks HTTP for it.
func (g Git) Command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = g.Dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.Env = append(baseEnv(), g.Env...)
	cmd.Env = append(cmd.Env, g.Remote.env()...)
	return cmd
}

// baseEnv keeps the user's and the machine's git configuration out.
func baseEnv() []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + os.TempDir(), "LANG=C.UTF-8",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_TERMINAL_PROMPT=0",
	}
}

// Login is the user name for Basic authentication.
func (r Remote) Login() string { return firstNonEmpty(r.User, "x-access-token") }

func (r Remote) env() []string {
	settings := [][2]string{{"safe.directory", "*"}}
	scoped := func(key, value string) {
		if value != "" {
			settings = append(settings, [2]string{"http." + r.Origin + "." + key, value})
		}
	}
	if r.Origin != "" {
		scoped("sslCAInfo", r.CAFile)
		if r.Resolve != "" {
			settings = append(settings, [2]string{"http.curloptResolve", r.Resolve})
		}
		if !r.Token.IsZero() {
			basic := base64.StdEncoding.EncodeToString([]byte(r.Login() + ":" + r.Token.Reveal()))
			scoped("extraHeader", "Authorization: Basic "+basic)
		}
	}
	env := []string{"GIT_CONFIG_COUNT=" + strconv.Itoa(len(settings))}
	for i, s := range settings {
		env = append(env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", i, s[0]), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", i, s[1]))
	}
	return env
}

func firstNonEmpty(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
