package process

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// Spawn starts a program in a session of its own, so that it outlives the
// caller, with its output appended to logFile.
func Spawn(logFile string, argv []string, env ...string) (Identity, error) {
	log, err := os.OpenFile(logFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o640)
	if err != nil {
		return Identity{}, fmt.Errorf("start %s: %w", argv[0], err)
	}
	defer log.Close()
	cmd := exec.Command(argv[0], argv[1:]...) //nolint:noctx // it outlives every context of the caller
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return Identity{}, fmt.Errorf("start %s: %w", argv[0], err)
	}
	return Of(cmd.Process.Pid)
}
