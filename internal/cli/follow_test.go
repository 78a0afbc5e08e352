package cli_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/cli"
	"github.com/pronto-platform/pronto/internal/client"
)

func TestADeliveryThatIsLiveIsFollowedUntilItsAddressWasAskedAgain(t *testing.T) {
	events := []string{
		`{"name":"a1","status":"in_progress","delivery":{"status":"in_progress"}}`,
		`{"name":"a1","status":"in_progress","delivery":{"status":"live"}}`, // the platform has just restarted
		`{"name":"a1","status":"live","url":"https://a1.example.org","delivery":{"status":"live"}}`,
	}
	portal := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "event: app\ndata: "+strings.Join(events, "\n\nevent: app\ndata: ")+"\n\n")
	}))
	t.Cleanup(portal.Close)
	address, err := url.Parse(portal.URL)
	if err != nil {
		t.Fatal(err)
	}
	c := &client.Client{Base: address, Token: secret.New("pronto_x"), HTTP: portal.Client()}
	app, err := cli.Follow(t.Context(), c, "a1", "", io.Discard, false)
	if err != nil || app.Status != "live" || app.URL == "" {
		t.Errorf("followed to %s at %q, %v", app.Status, app.URL, err)
	}
}
