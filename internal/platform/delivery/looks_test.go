package delivery

import (
	"context"
	"testing"
	"time"
)

func TestOnlyAnAnswerThatDiffersIsSettled(t *testing.T) {
	followed := &tracker{s: &Service{cfg: Config{Clock: time.Now}}}
	for i, step := range []struct {
		code    int
		settled bool
	}{{200, true}, {200, false}, {200, false}, {503, true}, {503, true}, {200, true}, {200, false}} {
		followed.unsettled = false
		followed.hear(t.Context(), func(_ context.Context, t *tracker) {
			t.seeAddress(&NameFact{Host: "a.example", OK: true}, &EdgeFact{TLS: true, Target: true}, &AnswerFact{Code: step.code, Revision: "a1"})
		})
		if followed.unsettled != step.settled {
			t.Errorf("answer %d of %d: something to settle: %v", i, step.code, followed.unsettled)
		}
	}
	followed.unsettled = false
	followed.hear(t.Context(), func(context.Context, *tracker) {})
	if !followed.unsettled {
		t.Error("another message left nothing to settle")
	}
}
