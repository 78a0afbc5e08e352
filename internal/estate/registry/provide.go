package registry

import (
	"context"
	"strings"
	"time"
)

// provideTimeout bounds how long a pull waits for its image to be made.
const provideTimeout = 10 * time.Minute

// provided has a base image made that is asked for and not there. The making
// goes on when who asked has left, and serves all who ask meanwhile.
func (r *Registry) provided(ctx context.Context, c caller, t target) error {
	if !r.wanted(c, t) {
		return nil
	}
	if index, err := r.index(t.Repository); err != nil || index.has(t.Reference) {
		return err
	}
	made := r.makers.DoChan(t.Repository+":"+t.Reference, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), provideTimeout)
		defer cancel()
		return nil, r.cfg.Provide(ctx, t.Repository, t.Reference)
	})
	select {
	case result := <-made:
		return result.Err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// wanted leaves out the administrator, who brings the images, and digests,
// which name what was here before.
func (r *Registry) wanted(c caller, t target) bool {
	return r.cfg.Provide != nil && !c.platform && strings.HasPrefix(t.Repository, basePrefix) &&
		t.Kind == "manifests" && !strings.Contains(t.Reference, ":")
}
