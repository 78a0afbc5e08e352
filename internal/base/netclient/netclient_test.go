package netclient_test

import (
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/pronto-platform/pronto/internal/base/netclient"
)

func TestNamesUnderTheDomainAreDialledAtTheEdge(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.Host)
	}))
	defer server.Close()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	// httptest's certificate names example.com.
	client, err := netclient.New(netclient.Config{Domain: "example.com", Edge: "127.0.0.1", CA: ca})
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Get("https://example.com:" + u.Port())
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || string(body) != "example.com:"+u.Port() {
		t.Errorf("body = %q, %v; want the host asked for", body, err)
	}
}

func TestAnEmptyAuthorityIsRefused(t *testing.T) {
	if _, err := netclient.New(netclient.Config{CA: []byte("not a certificate")}); err == nil {
		t.Error("a PEM without a certificate was accepted")
	}
}
