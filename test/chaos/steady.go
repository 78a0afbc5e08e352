package chaos

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pronto-platform/pronto/test/platform"
)

// steadyRate is how often the application that is left alone is asked, a second.
const steadyRate = 25

// Steady keeps asking an application that is live already; but for the kills
// of the edge itself no request may fail.
type Steady struct {
	p      *platform.Platform
	url    string
	load   *platform.Load
	asked  int
	faults []string
}

// NewSteady begins to ask.
func NewSteady(ctx context.Context, p *platform.Platform, url string) (*Steady, error) {
	s := &Steady{p: p, url: url}
	return s, s.begin(ctx)
}

func (s *Steady) begin(ctx context.Context) (err error) {
	s.load, err = s.p.StartLoad(context.WithoutCancel(ctx), s.url, steadyRate)
	return err
}

func (s *Steady) end() {
	asked, failures := s.load.Stop()
	s.asked += asked
	s.faults = append(s.faults, failures...)
}

// Stop ends it and returns how many requests there were, and those that failed.
func (s *Steady) Stop() (asked int, err error) {
	s.end()
	if len(s.faults) > 0 {
		err = fmt.Errorf("%d of %d requests failed:\n%s", len(s.faults), s.asked, strings.Join(s.faults[:min(20, len(s.faults))], "\n"))
	}
	return s.asked, err
}

// Leftovers says what the operations that are over have left in the platform,
// once it has had time to clear up.
func Leftovers(ctx context.Context, p *platform.Platform) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	const runners = "app.kubernetes.io/component=runner"
	return errors.Join(
		platform.Eventually(ctx, "runners", func(ctx context.Context) error {
			for _, kind := range []string{"pods", "secrets"} {
				out, err := p.Kubectl(ctx, "get", kind, "-A", "-l", runners, "-o", "name")
				if names := strings.Fields(out); err != nil || len(names) > 2 { // two wait for the next jobs
					return errors.Join(err, fmt.Errorf("%s %v", kind, names))
				}
			}
			return nil
		}),
		platform.Eventually(ctx, "files", func(context.Context) error {
			return errors.Join(none(p.Path("platform", "tasks", "[0-9a-f]*")), none(p.Path("forge", "tmp", "*")),
				none(p.Path("forge", "trash", "*")), none(p.Path("forge", "orphaned", "*")))
		}),
	)
}
