package scm_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestTheTokenFollowsAJobLogOnlyToTheForge(t *testing.T) {
	log := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "authorization: "+r.Header.Get("Authorization"))
	}
	store := httptest.NewServer(http.HandlerFunc(log))
	t.Cleanup(store.Close)
	for name, place := range map[string]struct{ location, want string }{
		"at the forge":     {"/log", "authorization: Bearer ghp_x"},
		"in another store": {store.URL + "/log", "authorization: "},
	} {
		t.Run(name, func(t *testing.T) {
			c := client(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/log" {
					log(w, r)
					return
				}
				http.Redirect(w, r, place.location, http.StatusFound)
			})
			stream, err := c.JobLog(t.Context(), "apps", "idp-a", 7)
			if err != nil {
				t.Fatal(err)
			}
			defer stream.Close()
			if got, err := io.ReadAll(stream); err != nil || string(got) != place.want {
				t.Errorf("read %q, %v; want %q", got, err, place.want)
			}
		})
	}
}
