package portal

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/access"
)

// readers are routes whose answers never end by themselves.
func readers(begun chan<- struct{}) map[string]route {
	wait := func(r *http.Request) error {
		begun <- struct{}{}
		<-r.Context().Done()
		return nil
	}
	return map[string]route{
		"a stream": {"GET", "/api/pronto/v1/events", access.ReadApps, func(w http.ResponseWriter, r *http.Request) error {
			if _, err := newEventStream(w); err != nil {
				return err
			}
			return wait(r)
		}},
		"a long poll": {"GET", "/api/scaffolder/v2/tasks/{id}/events", access.ReadTasks, func(_ http.ResponseWriter, r *http.Request) error {
			return wait(r)
		}},
	}
}

func TestAnAnswerThatLastsEndsWithTheRightToReadIt(t *testing.T) {
	w := newWorld(t)
	w.portal.again = 5 * time.Millisecond
	begun := make(chan struct{}, 1)
	status := map[string]string{"a stream": "200", "a long poll": "401"}
	for what, route := range readers(begun) {
		mux := http.NewServeMux()
		mux.Handle(route.method+" "+route.path, w.portal.guard(route))
		server := httptest.NewServer(mux)
		defer server.Close()
		for _, way := range []string{"token", "session"} {
			header, end := w.credential(t, way)
			r, err := http.NewRequestWithContext(t.Context(), route.method, server.URL+address(route.path), nil)
			must(t, err)
			r.Header = header
			ended := make(chan string, 1)
			go func() { ended <- readAll(server.Client(), r) }()
			<-begun
			end()
			if got := <-ended; !strings.HasPrefix(got, status[what]) {
				t.Errorf("%s without its %s ended with %s, want %s", what, way, got, status[what])
			}
		}
	}
}

// credential makes a developer's token or session, and what ends it.
func (w *world) credential(t *testing.T, way string) (http.Header, func()) {
	t.Helper()
	browser := w.browser(t, "d", "devs")
	if way == "session" {
		portal, err := url.Parse(w.URL)
		must(t, err)
		return http.Header{"Cookie": {browser.Jar.Cookies(portal)[0].String()}}, func() {
			if status, body := w.ask(t, visitor{client: browser}, "POST", "/auth/logout", "", "Sec-Fetch-Site", "same-origin"); status >= 300 {
				t.Errorf("sign out: %d %s", status, body)
			}
		}
	}
	owner := access.User{Ref: "user:default/d"}
	token, value, err := w.access.CreateToken(t.Context(), owner, access.NewToken{Name: "x", Age: time.Hour})
	must(t, err)
	return http.Header{"Authorization": {"Bearer " + value.Reveal()}}, func() {
		if deleted, err := w.access.DeleteToken(t.Context(), owner, token.ID); err != nil || !deleted {
			t.Errorf("revoke: %v, %v", deleted, err)
		}
	}
}

func readAll(client *http.Client, r *http.Request) string {
	answer, err := client.Do(r)
	if err != nil {
		return err.Error()
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err.Error()
	}
	return answer.Status + " " + string(body)
}
