package outage_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/internal/base/outage"
)

func TestAnOutageIsToldFromARefusal(t *testing.T) {
	for said, want := range map[string]bool{
		"fatal: unable to access 'https://git.x/a/b/': HTTP/2 stream 1 was not closed cleanly: INTERNAL_ERROR (err 2)":                                 true,
		"fatal: unable to access 'https://git.x/a/b/': The requested URL returned error: 503":                                                          true,
		"fatal: unable to access 'https://git.x/a/b/': Failed to connect to git.x port 443: Couldn't connect":                                          true,
		"error: RPC failed; curl 56 Recv failure: Connection reset by peer":                                                                            true,
		"error: RPC failed; curl 56 GnuTLS recv error (-110): The TLS connection was non-properly terminated.\nfatal: protocol error: bad pack header": true,
		"fatal: unable to access 'https://git.x/a/b/': GnuTLS recv error (-54): Error in the pull function.":                                           true,
		"fatal: unable to access 'https://git.x/a/b/': OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to git.x:443":                              true,
		"error: RPC failed; curl 18 transfer closed with outstanding read data remaining":                                                              true,
		"error: RPC failed; HTTP 403 curl 22 The requested URL returned error: 403":                                                                    false,
		"fatal: the remote end hung up unexpectedly":                                                                                                   true,
		"failed to push registry.x/a: unexpected status from HEAD request: 502 Bad Gateway":                                                            true,
		"failed to push registry.x/a: unknown: blob upload unknown to registry - upload session not found":                                             true,
		"failed to do request: Head \"https://registry.x/v2/\": EOF":                                                                                   true,
		"Get \"https://git.x/api/v3/repos/a/b\": dial tcp 127.0.0.1:8443: connect: connection refused":                                                 true,
		"GET https://git.x/api/v3/repos/a/b: 502  []":                                                                                                  false,
		"Get \"https://git.x/\": http2: client connection lost":                                                                                        true,
		"fatal: unable to access 'https://git.x/a/b/': The requested URL returned error: 403":                                                          false,
		"Head \"https://registry.x/v2/a\": http2: server sent GOAWAY and closed the connection; LastStreamID=5":                                        true,
		"dial tcp: lookup registry.x on 192.0.2.53:53: server misbehaving":                                                                             true,
		"dial tcp: lookup registry.x on 192.0.2.53:53: no such host":                                                                                   false,
		"unexpected status from HEAD request to https://registry.x/v2/a/manifests/sha256:92: 503 Service Unavailable":                                  true,
		"fatal: couldn't find remote ref nothing":                                                                                                      false,
		"process \"/bin/sh -c npm ci\" did not complete successfully: exit code: 1":                                                                    false,
		"": false,
	} {
		if got := outage.Told(said); got != want {
			t.Errorf("Told(%q) = %v, want %v", said, got, want)
		}
	}
}

func TestPersistGoesOnWhileTheOtherSideIsAwayAndNoLonger(t *testing.T) {
	refused, away := errors.New("403"), errors.New("connection refused")
	for name, c := range map[string]struct {
		answers []error
		want    error
		waits   int
	}{
		"away once":         {[]error{away, nil}, nil, 1},
		"refused":           {[]error{refused}, refused, 0},
		"away then refused": {[]error{away, refused}, refused, 1},
		"at once":           {[]error{nil}, nil, 0},
	} {
		waits, asked := 0, 0
		err := outage.Persist(t.Context(), func(string, time.Duration) error { waits++; return nil }, func() (string, error) {
			err := c.answers[asked]
			asked++
			if err != nil {
				return err.Error(), err
			}
			return "", nil
		})
		if !errors.Is(err, c.want) || waits != c.waits || asked != len(c.answers) {
			t.Errorf("%s: %v after %d waits and %d tries", name, err, waits, asked)
		}
	}
}

func TestPersistEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	away := errors.New("connection refused")
	err := outage.Persist(ctx, func(string, time.Duration) error { cancel(); return nil }, func() (string, error) { return away.Error(), away })
	if !errors.Is(err, away) {
		t.Errorf("Persist = %v, want the last error", err)
	}
}
