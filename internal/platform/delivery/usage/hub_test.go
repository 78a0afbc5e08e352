package usage

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

var errEnough = errors.New("enough")

func TestListenersShareASamplerThatEndsWithTheLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var opened, taken atomic.Int64
		hub := NewHub(5*time.Second, func(string) func(context.Context) (int64, error) {
			opened.Add(1)
			return func(context.Context) (int64, error) { return taken.Add(1), nil }
		}, func(string, error) {})
		listen := func(count int) <-chan []int64 {
			got := make(chan []int64, 1)
			go func() {
				var list []int64
				err := hub.Follow(t.Context(), "hello", func(n int64) error {
					if list = append(list, n); len(list) == count {
						return errEnough
					}
					return nil
				})
				if !errors.Is(err, errEnough) {
					t.Errorf("Follow = %v", err)
				}
				got <- list
			}()
			return got
		}
		began := time.Now()
		first := listen(4)
		synctest.Wait()
		second := listen(2)
		if got := <-second; got[0] != 1 || got[1] != 2 || time.Since(began) != 5*time.Second {
			t.Errorf("the second saw %v after %s; want the last sample at once and the next", got, time.Since(began))
		}
		if got := <-first; got[3] != 4 || opened.Load() != 1 {
			t.Errorf("the first saw %v of %d samplers", got, opened.Load())
		}
		time.Sleep(time.Minute) //nolint:forbidigo // the clock is the test's own
		if taken.Load() != 4 {
			t.Errorf("%d samples were taken, 4 of them for somebody", taken.Load())
		}
		if got := <-listen(1); got[0] != 5 || opened.Load() != 2 {
			t.Errorf("a listener that comes back saw %v of %d samplers", got, opened.Load())
		}
	})
}

func TestASampleThatFailsIsToldAndTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, told := 0, 0
		hub := NewHub(time.Second, func(string) func(context.Context) (int, error) {
			return func(context.Context) (int, error) {
				if n++; n < 3 {
					return 0, errEnough
				}
				return n, nil
			}
		}, func(_ string, err error) {
			if errors.Is(err, errEnough) {
				told++
			}
		})
		ctx, cancel := context.WithCancel(t.Context())
		err := hub.Follow(ctx, "hello", func(value int) error {
			if value != 3 || told != 2 {
				t.Errorf("saw %d after %d failures", value, told)
			}
			cancel()
			return nil
		})
		if err != nil {
			t.Errorf("Follow = %v, want nil when the listener leaves", err)
		}
	})
}
