package runner

import (
	"context"
	"regexp"
	"time"
)

// pauses are how long a step waits for a forge or a registry that is away, one
// after the other: a platform that was killed is back within some seconds.
var pauses = []time.Duration{
	500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 8 * time.Second,
}

// awayWords are what git, curl and BuildKit say when the other side cannot be
// reached, breaks off or is being started. What it refuses is not among them.
var awayWords = regexp.MustCompile(`(?i)connection (refused|reset)|could ?n.t connect|failed to connect|not closed cleanly|` +
	`unexpected (eof|disconnect)|early eof|: eof\b|hung up|empty reply|(error|status|http)[^0-9]{0,20}50[234]|` +
	`bad gateway|service unavailable|gateway time-?out|i/o timeout|tls handshake timeout`)

// away reports whether what was said is about an outage.
func away(said string) bool { return awayWords.MatchString(said) }

// persist does act again while it fails because the other side is away. Act
// says so by the text that it returns beside its error.
func (s *step) persist(ctx context.Context, act func() (said string, err error)) error {
	for _, pause := range pauses {
		said, err := act()
		if err == nil || !away(said) || ctx.Err() != nil {
			return err
		}
		s.log("##[warning]The other side does not answer; trying again in " + pause.String())
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
	_, err := act()
	return err
}
