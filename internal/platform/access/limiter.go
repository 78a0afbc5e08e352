package access

import (
	"net"
	"net/http"
	"strings"
	"sync"

	"golang.org/x/time/rate"
)

// limiter bounds how often one address may try something.
type limiter struct {
	mu    sync.Mutex
	each  map[string]*rate.Limiter
	limit rate.Limit
	burst int
}

// limiterSize bounds the memory that many addresses can take.
const limiterSize = 10_000

func newLimiter(limit rate.Limit, burst int) *limiter {
	return &limiter{each: map[string]*rate.Limiter{}, limit: limit, burst: burst}
}

func (l *limiter) allow(key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.each) >= limiterSize {
		clear(l.each)
	}
	one, ok := l.each[key]
	if !ok {
		one = rate.NewLimiter(l.limit, l.burst)
		l.each[key] = one
	}
	return one.Allow()
}

// Address is who asks. Behind the edge that is the last address in
// X-Forwarded-For, which the edge itself wrote; the ones before it may be lies.
func Address(r *http.Request) string {
	if forwarded := r.Header.Get("X-Forwarded-For"); forwarded != "" {
		parts := strings.Split(forwarded, ",")
		return strings.TrimSpace(parts[len(parts)-1])
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
