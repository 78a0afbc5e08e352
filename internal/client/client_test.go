package client_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/client"
)

func TestWatchSurvivesARestartOfThePortal(t *testing.T) {
	connections := 0
	c := against(t, func(w http.ResponseWriter, _ *http.Request) {
		connections++
		if connections == 1 {
			_, _ = io.WriteString(w, "event: snapshot\ndata: {\"apps\":[{\"name\":\"a1\",\"status\":\"in_progress\"}]}\n\n")
			return // the portal is killed
		}
		_, _ = io.WriteString(w, ": heartbeat\n\nevent: snapshot\ndata: {\"apps\":[{\"name\":\"a1\",\n"+"data: \"status\":\"live\"}]}\n\n")
	})
	var seen []string
	err := c.Watch(t.Context(), "a1", func(ch client.Change) error {
		seen = append(seen, ch.App.Status)
		if ch.App.Status == "live" {
			return client.ErrStop
		}
		return nil
	})
	if err != nil || strings.Join(seen, " ") != "in_progress live" {
		t.Errorf("saw %v, %v", seen, err)
	}
}

func TestWatchSaysThatAnApplicationIsGone(t *testing.T) {
	c := against(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "event: snapshot\ndata: {\"apps\":[]}\n\n")
	})
	gone := false
	if err := c.Watch(t.Context(), "a1", func(ch client.Change) error { gone = ch.Deleted; return client.ErrStop }); err != nil || !gone {
		t.Errorf("gone = %v, %v", gone, err)
	}
}

func TestErrorsOfBothShapesReadAsSentences(t *testing.T) {
	for body, want := range map[string]string{
		`{"error":{"name":"NotFoundError","message":"no application named x"}}`: "no application named x",
		`{"errors":[{"path":["replicas"],"message":"must be at most 10"}]}`:     "replicas: must be at most 10",
		`<html>bad gateway</html>`: "the portal answered 404 Not Found: <html>bad gateway</html>",
	} {
		c := against(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, body)
		})
		_, err := c.App(t.Context(), "x")
		var apiErr *client.Error
		if !errors.As(err, &apiErr) || err.Error() != want || !client.IsNotFound(err) {
			t.Errorf("%s: error = %v, want %q", body, err, want)
		}
	}
}

func against(t *testing.T, handler http.HandlerFunc) *client.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	base, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return &client.Client{Base: base, Token: secret.New("pronto_x"), HTTP: server.Client()}
}
