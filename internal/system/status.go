package system

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/pronto-platform/pronto/internal/client"
	"github.com/pronto-platform/pronto/internal/config"
	"github.com/pronto-platform/pronto/internal/system/process"
	"github.com/pronto-platform/pronto/internal/system/supervisor"
)

// Status is what `pronto status` shows.
type Status struct {
	Up        bool                  `json:"up"`
	Portal    string                `json:"portal,omitempty"`
	State     string                `json:"state"`
	Processes []ProcessStatus       `json:"processes"`
	Parts     []client.PlatformPart `json:"parts,omitempty"`
	// MemoryBytes is the proportional set size of all processes together.
	MemoryBytes int64 `json:"memoryBytes"`
}

// ProcessStatus is one process of the platform.
type ProcessStatus struct {
	Name        string `json:"name"`
	Running     bool   `json:"running"`
	PID         int    `json:"pid,omitempty"`
	MemoryBytes int64  `json:"memoryBytes,omitempty"`
}

// statusTimeout bounds the question to a portal that may be starting.
const statusTimeout = 2 * time.Second

// ReadStatus looks at the processes and asks the portal for its parts.
func ReadStatus(ctx context.Context, state string) (Status, error) {
	cfg, err := existing(state)
	if errors.Is(err, ErrNotUp) {
		return Status{State: state}, nil
	}
	if err != nil {
		return Status{}, err
	}
	status := Status{State: cfg.State, Portal: cfg.URL("portal").String()}
	for _, name := range processNames(cfg) {
		p, err := readProcess(cfg, name)
		if err != nil {
			return Status{}, err
		}
		status.Processes = append(status.Processes, p)
		status.MemoryBytes += p.MemoryBytes
		status.Up = status.Up || p.Running
	}
	status.Parts = askParts(ctx, state)
	return status, nil
}

func processNames(cfg config.Config) []string {
	names := []string{procSupervisor, procPlatform, procEdge}
	if cfg.Embedded() {
		names = append(names, procNode)
	}
	return names
}

func readProcess(cfg config.Config, name string) (ProcessStatus, error) {
	id, alive, err := process.Load(supervisor.PIDFile(cfg.Path("run"), name))
	if err != nil || !alive {
		return ProcessStatus{Name: name}, err
	}
	memory := id.Memory()
	if name == procSupervisor {
		memory = id.OwnMemory() // its children are listed themselves
	}
	return ProcessStatus{Name: name, Running: true, PID: id.PID, MemoryBytes: memory}, nil
}

// askParts returns nothing while the portal does not answer: the processes say why.
func askParts(ctx context.Context, state string) []client.PlatformPart {
	c, err := Client(state)
	if err != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, statusTimeout)
	defer cancel()
	platform, err := c.Platform(ctx)
	if err != nil {
		return nil
	}
	return platform.Parts
}

// Print writes the status for people.
func (s Status) Print(out io.Writer) error {
	const mib = 1 << 20
	tw := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	for _, p := range s.Processes {
		state := "stopped"
		if p.Running {
			state = fmt.Sprintf("running\t%d\t%d MiB", p.PID, p.MemoryBytes/mib)
		}
		fmt.Fprintf(tw, "%s\t%s\n", p.Name, state)
	}
	for _, p := range s.Parts {
		fmt.Fprintf(tw, "  %s\t%s\t%s\n", p.Name, p.Status, p.Reason)
	}
	if s.Up {
		fmt.Fprintf(tw, "memory\t%d MiB\nportal\t%s\n", s.MemoryBytes/mib, s.Portal)
	}
	return tw.Flush()
}
