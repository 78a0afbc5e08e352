// Package outage tells a side that is away from one that refuses. The forge,
// the registry and the edge are killed and upgraded like everything else; who
// works with them waits then instead of failing.
package outage

import (
	"context"
	"regexp"
	"time"
)

// pauses are how long is waited for a side that is away, one after the other:
// a platform that was killed is back within some seconds.
var pauses = []time.Duration{
	500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 8 * time.Second,
}

// words are what git, curl, BuildKit and Go say when the other side cannot be
// reached, breaks off or is being started. What it refuses is not among them.
var words = regexp.MustCompile(`(?i)connection (refused|reset)|could ?n.t connect|failed to connect|not closed cleanly|` +
	`unexpected (eof|disconnect)|early eof|: eof\b|hung up|empty reply|(error|status|http)[^0-9]{0,20}50[234]|` +
	`bad gateway|service unavailable|gateway time-?out|i/o timeout|tls handshake timeout|` +
	`connection lost|broken pipe|stream error: stream id|server closed idle connection|` +
	`server sent goaway|temporary failure in name resolution|server misbehaving|` +
	`non-properly terminated|error in the (pull|push) function|ssl_error_syscall|transfer closed with outstanding|` +
	`blob upload unknown`) // the last is a registry that came back without the upload it had begun

// Told reports whether what was said is about an outage.
func Told(said string) bool { return words.MatchString(said) }

// Persist does act again while it fails because the other side is away, which
// it says by the text that it returns beside its error. Before each wait it
// calls waiting with that text; an error of waiting ends it.
func Persist(ctx context.Context, waiting func(said string, pause time.Duration) error, act func() (said string, err error)) error {
	for _, pause := range pauses {
		said, err := act()
		if err == nil || !Told(said) || ctx.Err() != nil {
			return err
		}
		if waitErr := waiting(said, pause); waitErr != nil {
			return waitErr
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
	_, err := act()
	return err
}
