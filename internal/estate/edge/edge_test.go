package edge_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/websocket"

	"github.com/pronto-platform/pronto/internal/base/netclient"
	"github.com/pronto-platform/pronto/internal/base/part/parttest"
	"github.com/pronto-platform/pronto/internal/estate/edge"
)

const domain = "pronto.test"

func TestASystemHostIsServedOverTLSWithTheRootAlone(t *testing.T) {
	e := start(t, newConfig(t, onSocket(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Seen", strings.Join([]string{r.Host, r.Header.Get("X-Forwarded-Proto"), r.Header.Get("X-Forwarded-For")}, " "))
	}))))
	response := e.get(t, "https://portal."+domain+e.port+"/")
	if want := "portal." + domain + e.port + " https 127.0.0.1"; response.Header.Get("X-Seen") != want {
		t.Errorf("the socket's server saw %q, want %q", response.Header.Get("X-Seen"), want)
	}
	for _, own := range []string{"Server", "Via", "Alt-Svc"} {
		if got := response.Header.Values(own); len(got) > 0 {
			t.Errorf("%s = %q, want none", own, got)
		}
	}
	if len(response.TLS.VerifiedChains[0]) != 3 {
		t.Errorf("the chain has %d certificates, want leaf, intermediate and root", len(response.TLS.VerifiedChains[0]))
	}
	if response.ProtoMajor != 2 {
		t.Errorf("protocol %s, want HTTP/2", response.Proto)
	}
}

func TestPlainHTTPIsRedirectedToTheSameURL(t *testing.T) {
	cfg := newConfig(t, onSocket(t, http.NotFoundHandler()))
	cfg.ListenHTTP = []string{freeAddress(t)}
	start(t, cfg)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+cfg.ListenHTTP[0]+"/a?b=c", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = "app." + domain
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	want := "https://app." + domain + ":" + strconv.Itoa(cfg.HTTPSPort) + "/a?b=c"
	if response.StatusCode != http.StatusPermanentRedirect || response.Header.Get("Location") != want {
		t.Errorf("%d to %q, want 308 to %q", response.StatusCode, response.Header.Get("Location"), want)
	}
}

func TestANameThatNobodyHoldsGetsNoCertificate(t *testing.T) {
	e := start(t, newConfig(t, onSocket(t, http.NotFoundHandler())))
	if _, err := e.client.Get("https://nobody." + domain + e.port + "/"); err == nil {
		t.Error("a certificate was issued for a name that nobody holds")
	}
}

func TestARequestWaitsForThePlatformToComeBack(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "portal.sock")
	e := start(t, newConfig(t, socket))
	answered := make(chan error, 1)
	go func() {
		response, err := e.client.Get("https://portal." + domain + e.port + "/")
		if err == nil {
			err = response.Body.Close()
		}
		answered <- err
	}()
	select {
	case err := <-answered:
		t.Fatalf("answered before the socket was there: %v", err)
	case <-time.After(300 * time.Millisecond):
	}
	serveSocket(t, socket, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	if err := <-answered; err != nil {
		t.Error(err)
	}
}

func TestEventStreamsAreNotHeldBack(t *testing.T) {
	release := make(chan struct{})
	e := start(t, newConfig(t, onSocket(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "data: first\n\n")
		w.(http.Flusher).Flush()
		<-release
	}))))
	defer close(release)
	response, err := e.client.Get("https://portal." + domain + e.port + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	line, err := bufio.NewReader(response.Body).ReadString('\n')
	if err != nil || line != "data: first\n" {
		t.Errorf("read %q, %v while the stream is open", line, err)
	}
}

func TestWebSocketsPass(t *testing.T) {
	e := start(t, newConfig(t, onSocket(t, websocket.Handler(func(conn *websocket.Conn) {
		var message string
		if err := websocket.Message.Receive(conn, &message); err == nil {
			_ = websocket.Message.Send(conn, "echo "+message)
		}
	}))))
	host := "portal." + domain
	config, err := websocket.NewConfig("wss://"+host+e.port+"/ws", "https://"+host+e.port)
	if err != nil {
		t.Fatal(err)
	}
	dialer := tls.Dialer{Config: &tls.Config{RootCAs: e.roots, ServerName: host}}
	raw, err := dialer.DialContext(t.Context(), "tcp", "127.0.0.1"+e.port)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := websocket.NewClient(config, raw)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := websocket.Message.Send(conn, "hello"); err != nil {
		t.Fatal(err)
	}
	var message string
	if err := websocket.Message.Receive(conn, &message); err != nil || message != "echo hello" {
		t.Errorf("read %q, %v", message, err)
	}
}

func TestTheLastTableIsServedWithoutAnAPIServer(t *testing.T) {
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Via", "1.1 inner")
		_, _ = io.WriteString(w, "app")
	}))
	t.Cleanup(backend.Close)
	cfg := newConfig(t, onSocket(t, http.NotFoundHandler()))
	table := `{"hosts":{"app.` + domain + `":[{"kind":"Prefix","path":"/","ingress":"a/app","backend":{"service":"a/app:80","targets":["` +
		backend.Listener.Addr().String() + `"]}}]}}`
	if err := os.WriteFile(filepath.Join(cfg.Dir, "routes.json"), []byte(table), 0o600); err != nil {
		t.Fatal(err)
	}
	e := start(t, cfg)
	response, body := e.read(t, "https://app."+domain+e.port+"/")
	if via := response.Header.Values("Via"); body != "app" || len(via) != 1 || via[0] != "1.1 inner" {
		t.Errorf("body = %q, Via = %q; want the application's own", body, via)
	}
}

// server is a running edge and a client for it.
type server struct {
	client *http.Client
	roots  *x509.CertPool
	port   string // ":8443"
	stop   func()
}

// start runs an edge until the test ends.
func start(t *testing.T, cfg edge.Config) *server {
	t.Helper()
	e, err := edge.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	stop := parttest.Start(t, e.Run)
	pemBytes, err := os.ReadFile(cfg.CARoot.CertFile)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pemBytes)
	client, err := netclient.New(netclient.Config{Domain: cfg.Domain, Edge: "127.0.0.1", Pool: roots})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return &server{client: client, roots: roots, port: ":" + strconv.Itoa(cfg.HTTPSPort), stop: stop}
}

func (s *server) get(t *testing.T, url string) *http.Response {
	t.Helper()
	response, _ := s.read(t, url)
	return response
}

func (s *server) read(t *testing.T, url string) (*http.Response, string) {
	t.Helper()
	response, err := s.client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

func newConfig(t *testing.T, socket string) edge.Config {
	t.Helper()
	address := freeAddress(t)
	_, port, _ := net.SplitHostPort(address)
	number, _ := strconv.Atoi(port)
	return edge.Config{
		Dir: t.TempDir(), Domain: domain, Listen: []string{address}, HTTPSPort: number,
		CARoot: newRoot(t), System: map[string]string{"portal." + domain: socket},
		Logger: slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func onSocket(t *testing.T, handler http.Handler) string {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "s.sock")
	serveSocket(t, socket, handler)
	return socket
}

func serveSocket(t *testing.T, socket string, handler http.Handler) {
	t.Helper()
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(handler)
	s.Listener.Close()
	s.Listener = listener
	s.Start()
	t.Cleanup(s.Close)
}
