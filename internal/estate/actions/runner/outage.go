package runner

import (
	"context"
	"time"

	"github.com/pronto-platform/pronto/internal/base/outage"
)

// persist does act again while it fails because the forge or the registry is
// away. Act says so by the text that it returns beside its error.
func (s *step) persist(ctx context.Context, act func() (said string, err error)) error {
	return outage.Persist(ctx, func(_ string, pause time.Duration) error {
		s.log("##[warning]The other side does not answer; trying again in " + pause.String())
		return nil
	}, act)
}
