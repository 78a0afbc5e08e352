package runner

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/pronto-platform/pronto/internal/estate/actions/workflow"
)

// killAfter is how long a step's process may go on after SIGINT.
const killAfter = 5 * time.Second

// runScript executes a `run:` step.
func (s *step) runScript(ctx context.Context) error {
	eval := s.evaluator(s.env)
	script, err := eval.Interpolate(s.def.Run)
	if err != nil {
		return err
	}
	dir, err := eval.Interpolate(first(s.def.WorkingDirectory, s.job.def.Defaults.Run.WorkingDirectory, s.wf.Model.Defaults.Run.WorkingDirectory))
	if err != nil {
		return err
	}
	name := filepath.Join(s.dirs.temp, fmt.Sprintf("step-%d.sh", s.number))
	if err := os.WriteFile(name, []byte(script+"\n"), 0o700); err != nil {
		return fmt.Errorf("write script: %w", err)
	}
	shell := first(s.def.Shell, s.job.def.Defaults.Run.Shell, s.wf.Model.Defaults.Run.Shell, "bash")
	argv := []string{"bash", "--noprofile", "--norc", "-eo", "pipefail", name}
	if shell == "sh" {
		argv = []string{"sh", "-e", name}
	}
	s.announce(script, strings.Join(argv[:len(argv)-1], " ")+" {0}")
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(s.dirs.workspace, dir)
	}
	return s.command(ctx, dir, argv...)
}

func first(values ...string) string {
	for _, value := range values {
		if value != "" {
			return value
		}
	}
	return ""
}

func (s *step) announce(script, shell string) {
	title, _, _ := strings.Cut(strings.TrimSpace(script), "\n")
	s.log("##[group]Run " + title)
	s.log(strings.TrimSpace(script))
	s.log("shell: " + shell)
	if len(s.env) > 0 {
		s.log("env:")
		s.logMap(s.env)
	}
	s.log("##[endgroup]")
}

// command runs a process with the step's environment, its output read line
// by line, and takes in what it wrote to the environment files.
func (s *step) command(ctx context.Context, dir string, argv ...string) error {
	files, err := s.makeFiles()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir, cmd.Env = dir, s.environ(files)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
	cmd.WaitDelay = killAfter
	reader, writer := io.Pipe()
	cmd.Stdout, cmd.Stderr = writer, writer
	read := make(chan error, 1)
	go func() { read <- s.readLines(reader) }()
	err = cmd.Run()
	killGroup(cmd)
	_ = writer.Close() // never fails, see io.PipeWriter
	err = exitError(ctx, err)
	return errors.Join(err, <-read, s.takeFiles(files))
}

// killGroup ends what the step left running, as the pod's end would.
func killGroup(cmd *exec.Cmd) {
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // mostly there is nothing left
	}
}

func exitError(ctx context.Context, err error) error {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("the process was stopped: %w", context.Cause(ctx))
	case errors.As(err, &exit):
		return fmt.Errorf("Process completed with exit code %d.", exitCode(exit)) //nolint:staticcheck // GitHub's words
	default:
		return err
	}
}

func exitCode(exit *exec.ExitError) int {
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return exit.ExitCode()
}

func (s *step) readLines(from io.Reader) error {
	reader := bufio.NewReader(from)
	for {
		line, err := reader.ReadString('\n')
		if line != "" {
			s.output(strings.TrimRight(line, "\r\n"))
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read output: %w", err)
		}
	}
}

// output handles workflow commands and logs the rest.
func (s *step) output(line string) {
	s.said = tail(s.said+line+"\n", saidMost)
	c, ok := workflow.ParseCommand(line)
	if !ok {
		s.log(line)
		return
	}
	switch c.Name {
	case "add-mask":
		s.mask.Add(c.Text)
	case "set-output":
		s.outputs[c.Properties["name"]] = c.Text
	case "error", "warning", "notice", "debug", "group":
		s.log("##[" + c.Name + "]" + c.Text)
	case "endgroup":
		s.log("##[endgroup]")
	default:
		s.log(line)
	}
}

// saidMost is how much of a process' output is kept to tell why it failed.
const saidMost = 2 << 10

func tail(text string, most int) string { return text[max(0, len(text)-most):] }

var fileNames = []string{"GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY", "GITHUB_STATE"}

func (s *step) makeFiles() (map[string]string, error) {
	files := map[string]string{}
	for _, name := range fileNames {
		file := filepath.Join(s.dirs.temp, fmt.Sprintf("%s-%d", strings.ToLower(name), s.number))
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			return nil, fmt.Errorf("make %s: %w", name, err)
		}
		files[name] = file
	}
	return files, nil
}

func (s *step) takeFiles(files map[string]string) error {
	for name, into := range map[string]map[string]string{"GITHUB_ENV": s.job.env, "GITHUB_OUTPUT": s.outputs} {
		text, err := os.ReadFile(files[name])
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		values, err := workflow.ParseEnvFile(string(text))
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		maps.Copy(into, values)
	}
	text, err := os.ReadFile(files["GITHUB_PATH"])
	if err != nil {
		return fmt.Errorf("read GITHUB_PATH: %w", err)
	}
	for _, dir := range strings.Fields(string(text)) {
		s.paths = append([]string{dir}, s.paths...)
	}
	return nil
}
