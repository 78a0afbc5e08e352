package portal

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// serve answers a request that was admitted. A request that reads is admitted
// again for as long as its answer lasts: a stream ends when its token is revoked,
// its session ends, or its person loses the right. One that changes something
// goes on to its end.
func (p *Portal) serve(route route, w *witness, r *http.Request) error {
	if route.action == "" || !safe(r) {
		return route.serve(w, r)
	}
	ctx, cancel := context.WithCancelCause(r.Context())
	var watch sync.WaitGroup
	watch.Go(func() { p.watch(ctx, cancel, route, r) })
	err := route.serve(w, r.WithContext(ctx))
	var refused *fault.Error
	if errors.As(context.Cause(ctx), &refused) && !w.begun {
		err = refused // a long poll, say, which has not answered yet
	}
	cancel(nil)
	watch.Wait()
	return err
}

// watch cancels ctx when the request would be refused now. A fault, such as a
// database that is busy, refuses nobody.
func (p *Portal) watch(ctx context.Context, cancel context.CancelCauseFunc, route route, r *http.Request) {
	ticker := time.NewTicker(p.again)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		_, err := p.admit(route, r.WithContext(ctx))
		var refused *fault.Error
		switch {
		case errors.As(err, &refused):
			p.log.Info("a stream ends: its caller would be refused now", "path", r.URL.Path, "reason", refused.Message)
			cancel(refused)
			return
		case err != nil && ctx.Err() == nil:
			p.log.Warn("find out again who reads a stream", "path", r.URL.Path, "error", err)
		}
	}
}
