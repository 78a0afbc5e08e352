// Package unrouted lets an API answer what none of its routes serves in the shape
// of its other errors.
package unrouted

import "net/http"

// Handler serves mux, and by refuse what mux has no route for. Allow is the value
// of the header Allow (RFC 9110, 10.2.1), which is set already: the methods that
// are served at the path, for an answer with status 405; empty: nothing is, for 404.
func Handler(mux *http.ServeMux, refuse func(w http.ResponseWriter, r *http.Request, allow string)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		plain := &statusOnly{header: http.Header{}}
		mux.ServeHTTP(plain, r)
		allow := ""
		if plain.status == http.StatusMethodNotAllowed {
			allow = plain.header.Get("Allow")
			w.Header().Set("Allow", allow)
		}
		refuse(w, r, allow)
	})
}

// statusOnly takes the status that a mux would answer.
type statusOnly struct {
	header http.Header
	status int
}

func (s *statusOnly) Header() http.Header         { return s.header }
func (s *statusOnly) Write(b []byte) (int, error) { return len(b), nil }
func (s *statusOnly) WriteHeader(status int)      { s.status = status }
