// Package chaos kills a platform while it creates, changes, rolls back and
// deletes applications, and checks from outside that nothing shows of it.
package chaos

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/pronto-platform/pronto/test/platform"
)

// Victim is what one kill takes.
type Victim string

// The victims. A supervisor that is killed is started again by `pronto up`,
// as a person would; the others it starts again itself.
const (
	Group      Victim = "process group of the platform"
	Tree       Victim = "platform and all its descendants"
	Edge       Victim = "edge"
	Supervised Victim = "supervisor and platform"
	All        Victim = "supervisor, platform and edge"
)

// processesOf are the processes that die with each victim.
var processesOf = map[Victim][]string{
	Group: {"platform"}, Tree: {"platform"}, Edge: {"edge"},
	Supervised: {"supervisor", "platform"}, All: {"supervisor", "platform", "edge"},
}

// backWithin is how long a platform may take to be back.
const backWithin = time.Minute

// Kill is one that was done.
type Kill struct {
	Victim Victim
	Moment string // what was under way
	Away   time.Duration
}

// Killer kills, one at a time.
type Killer struct {
	P      *platform.Platform
	Log    func(format string, args ...any)
	Steady *Steady // may be nil
	mu     sync.Mutex
	done   []Kill
}

// Kills are those done so far.
func (k *Killer) Kills() []Kill {
	k.mu.Lock()
	defer k.mu.Unlock()
	return append([]Kill{}, k.done...)
}

// Strike kills the victim and waits until the platform is whole again.
func (k *Killer) Strike(ctx context.Context, victim Victim, moment string) (err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, backWithin)
	defer cancel()
	before, err := k.P.PIDs(ctx)
	if err != nil {
		return err
	}
	resume := k.spare(victim)
	defer func() { err = errors.Join(err, resume(ctx)) }()
	began := time.Now()
	for _, name := range processesOf[victim] {
		if err := killProcess(before[name], victim == Tree); err != nil {
			return fmt.Errorf("kill %s: %w", name, err)
		}
	}
	if err := k.back(ctx, victim, before); err != nil {
		return fmt.Errorf("after a kill of the %s at %q: %w", victim, moment, err)
	}
	done := Kill{victim, moment, time.Since(began)}
	k.done = append(k.done, done)
	k.Log("kill %d: %s at %q, back after %.1f s", len(k.done), victim, moment, done.Away.Seconds())
	return nil
}

// spare ends the load on the edge while that is killed.
func (k *Killer) spare(victim Victim) (resume func(context.Context) error) {
	if k.Steady == nil || !slices.Contains(processesOf[victim], "edge") {
		return func(context.Context) error { return nil }
	}
	k.Steady.end()
	return k.Steady.begin
}

// Away says how long the platform was away.
func Away(kills []Kill) string {
	var times []time.Duration
	for _, kill := range kills {
		times = append(times, kill.Away)
	}
	if len(times) == 0 {
		return "nothing was killed"
	}
	slices.Sort(times)
	return fmt.Sprintf("back after %.1f s at the median, %.1f s at most", times[len(times)/2].Seconds(), times[len(times)-1].Seconds())
}

// killProcess ends a process and the group that it leads; with descendants
// also those in groups of their own.
func killProcess(pid int, descendants bool) error {
	if pid == 0 {
		return errors.New("it does not run")
	}
	tree := platform.Tree(pid)
	if err := unix.Kill(-pid, unix.SIGKILL); err != nil {
		return err
	}
	for child := range tree {
		if !descendants || child == pid {
			continue
		}
		if err := unix.Kill(child, unix.SIGKILL); err != nil && !errors.Is(err, unix.ESRCH) {
			return err
		}
	}
	return nil
}

// back waits until every process that was killed runs anew and the portal answers.
func (k *Killer) back(ctx context.Context, victim Victim, before map[string]int) error {
	if victim == Supervised || victim == All {
		// A zombie of the old supervisor's holds nothing: up takes over at once.
		if err := platform.Eventually(ctx, "pronto up", func(ctx context.Context) error { return k.P.Up(ctx, io.Discard) }); err != nil {
			return err
		}
	}
	return platform.Eventually(ctx, "platform", func(ctx context.Context) error {
		status, err := k.P.Status(ctx)
		if err != nil {
			return err
		}
		for _, process := range status.Processes {
			for _, name := range processesOf[victim] {
				if process.Name == name && (!process.Running || process.PID == before[name]) {
					return fmt.Errorf("%s is not back", name)
				}
			}
		}
		if !status.Up {
			return errors.New("it is not up")
		}
		return k.healthy(ctx)
	})
}

func (k *Killer) healthy(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, k.P.Env["PRONTO_URL"]+"/healthz", nil)
	if err != nil {
		return err
	}
	response, err := k.P.HTTP.Do(request)
	if err != nil {
		return err
	}
	if err := response.Body.Close(); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the portal answers %s", response.Status)
	}
	return nil
}
