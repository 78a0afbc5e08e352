package registry

import (
	"errors"
	"io"
	"net/http"
)

// limitedBody remembers that a request was cut off at its limit.
type limitedBody struct {
	io.ReadCloser
	exceeded bool
}

func (b *limitedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		b.exceeded = true
	}
	return n, err
}

// limitedAnswer says 413 where the store, which saw only a broken body, says
// that it failed.
type limitedAnswer struct {
	http.ResponseWriter
	body   *limitedBody
	status int
}

func (a *limitedAnswer) WriteHeader(status int) {
	if a.body.exceeded {
		status = http.StatusRequestEntityTooLarge
	}
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (a *limitedAnswer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// nobody receives the answers of the registry's own requests to the store.
type nobody struct {
	header http.Header
	status int
}

func (n *nobody) Header() http.Header         { return n.header }
func (n *nobody) Write(p []byte) (int, error) { return len(p), nil }
func (n *nobody) WriteHeader(status int)      { n.status = status }
