package platform

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// Load asks an application at a steady rate and counts what fails. Every tenth
// request comes on a connection of its own, as a new visitor's does.
type Load struct {
	stop     context.CancelFunc
	done     chan struct{}
	mu       sync.Mutex
	asked    int
	failures []string
}

const (
	requestTimeout = 10 * time.Second
	newVisitor     = 10
)

// StartLoad asks url perSecond times a second, each request on its own, until Stop.
func (p *Platform) StartLoad(ctx context.Context, url string, perSecond int) (*Load, error) {
	regular, err := p.newHTTP()
	if err != nil {
		return nil, err
	}
	visitor, err := p.newHTTP()
	if err != nil {
		return nil, err
	}
	visitor.Transport.(*http.Transport).DisableKeepAlives = true
	ctx, cancel := context.WithCancel(ctx)
	l := &Load{stop: cancel, done: make(chan struct{})}
	go l.run(ctx, regular, visitor, url, perSecond)
	return l, nil
}

func (l *Load) run(ctx context.Context, regular, visitor *http.Client, url string, perSecond int) {
	defer close(l.done)
	var requests sync.WaitGroup
	defer requests.Wait()
	tick := time.NewTicker(time.Second / time.Duration(perSecond))
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			c := regular
			if n%newVisitor == 0 {
				c = visitor
			}
			// A request under way when the load ends is let finish, and counts.
			requests.Go(func() { l.ask(context.WithoutCancel(ctx), c, url) })
		}
	}
}

func (l *Load) ask(ctx context.Context, c *http.Client, url string) {
	began := time.Now()
	failure := answerFailure(ctx, c, url)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked++
	if failure != "" {
		l.failures = append(l.failures, fmt.Sprintf("%s request %d, after %s: %s",
			began.Format("15:04:05.000"), l.asked, time.Since(began).Round(time.Millisecond), failure))
	}
}

// answerFailure is what is wrong with an answer, empty when nothing is.
func answerFailure(ctx context.Context, c *http.Client, url string) string {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err.Error()
	}
	res, err := c.Do(req)
	if err != nil {
		return err.Error()
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return "body: " + err.Error()
	}
	if res.StatusCode != http.StatusOK {
		return res.Status + " from " + res.Header.Get("Server")
	}
	return ""
}

// Stop ends the load and says how many requests there were and what failed.
func (l *Load) Stop() (asked int, failures []string) {
	l.stop()
	<-l.done
	return l.asked, l.failures
}
