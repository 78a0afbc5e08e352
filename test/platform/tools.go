package platform

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// ExitError is a command that ended with another status than 0.
type ExitError struct {
	Command string
	Code    int
	Stderr  string
}

func (e *ExitError) Error() string {
	return fmt.Sprintf("%s: exit status %d: %s", e.Command, e.Code, e.Stderr)
}

// ExitCode is the status of a command that ended with another than 0; -1 when
// it could not be run at all, 0 for nil.
func ExitCode(err error) int {
	var exit *ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.Code
	}
	return -1
}

// Tool executes another program in dir, in the environment that `pronto env`
// gives; one in bin/ comes before the machine's.
func (p *Platform) Tool(ctx context.Context, dir, name string, args ...string) (string, error) {
	cmd := p.ToolCommand(ctx, name, args...)
	cmd.Dir = dir
	return output(cmd)
}

// ToolCommand is Tool, not started yet.
func (p *Platform) ToolCommand(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, Program(name), args...)
	cmd.WaitDelay = time.Second // a grandchild that keeps the pipe open
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_TERMINAL_PROMPT=0", "SSL_CERT_FILE="+p.Env["PRONTO_CA"])
	for k, v := range p.Env {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	return cmd
}

// Program is the path of one in bin/, else the name, for PATH.
func Program(name string) string {
	if own := bin(name); exists(own) {
		return own
	}
	return name
}

// Kubectl is the node's own kubectl with the administrator's kubeconfig.
func (p *Platform) Kubectl(ctx context.Context, args ...string) (string, error) {
	return p.Tool(ctx, "", "pronto-node", append([]string{"kubectl"}, args...)...)
}

// withNames runs a command in a mount namespace of its own whose /etc/hosts
// knows the platform's fixed names, as that of a machine with `trust: true`
// does: $0 is the hosts file, what follows the command.
const withNames = `mount --bind "$0" /etc/hosts && exec "$@"`

// Crane speaks to the registry as docker would, with the credentials that are
// in the directory docker, and returns what it prints.
func (p *Platform) Crane(ctx context.Context, docker string, args ...string) (string, error) {
	return p.ToolWithNames(ctx, docker, "crane", args...)
}

// ToolWithNames executes a program that asks the machine's resolver for the
// platform's names, with the credentials that are in the directory docker.
func (p *Platform) ToolWithNames(ctx context.Context, docker, name string, args ...string) (string, error) {
	hosts, err := p.hostsFile()
	if err != nil {
		return "", err
	}
	line := append([]string{"--mount", "--", "sh", "-c", withNames, hosts, Program(name)}, args...)
	cmd := p.ToolCommand(ctx, "unshare", line...)
	cmd.Env = append(cmd.Env, "DOCKER_CONFIG="+docker, "HOME="+docker)
	return output(cmd)
}

func (p *Platform) hostsFile() (string, error) {
	own, err := os.ReadFile("/etc/hosts")
	if err != nil {
		return "", err
	}
	path := p.Path("test-hosts")
	line := fmt.Sprintf("\n%s registry.%s git.%s\n", Edge, Domain, Domain)
	return path, os.WriteFile(path, append(own, line...), 0o644)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func certificates(pem []byte) (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("the platform's authority: no certificate in its file")
	}
	return pool, nil
}

func output(cmd *exec.Cmd) (string, error) {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = &ExitError{Command: strings.Join(cmd.Args, " "), Code: exit.ExitCode(), Stderr: strings.TrimSpace(stderr.String())}
	}
	return strings.TrimSpace(stdout.String()), err
}
