package scaffold

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/google/go-github/v74/github"

	"github.com/pronto-platform/pronto/internal/base/outage"
	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// persist performs a step again while the forge, or whatever it works with, is
// away: as after a crash of this process, an action comes to the same end when
// it is run once more.
func (r *run) persist(ctx context.Context, position int, step Step) (output map[string]any, skipped string, err error) {
	waiting := func(_ string, pause time.Duration) error {
		told, err := r.record.told(ctx, step.ID)
		if err != nil {
			return err
		}
		r.told = nil
		err = r.tell(ctx, step, fmt.Sprintf("The other side does not answer; trying again in %s", pause))
		r.told = told
		return err
	}
	err = outage.Persist(ctx, waiting, func() (said string, err error) {
		output, skipped, err = r.perform(ctx, position, step)
		return outageOf(err), err
	})
	return output, skipped, err
}

// outageOf is what an error says of an outage; what has a name in Backstage's
// catalogue is the template's or its author's doing.
func outageOf(err error) string {
	var named *fault.Error
	var answer *github.ErrorResponse
	switch {
	case err == nil || errors.As(err, &named):
		return ""
	case errors.As(err, &answer) && answer.Response != nil:
		code := answer.Response.StatusCode
		if code == http.StatusBadGateway || code == http.StatusServiceUnavailable || code == http.StatusGatewayTimeout {
			return http.StatusText(code)
		}
		return ""
	}
	return err.Error()
}
