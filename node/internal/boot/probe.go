package boot

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/pronto-platform/pronto/node/internal/nodeconf"
	"github.com/pronto-platform/pronto/node/internal/pki"
)

// probeInterval is how often a server that is starting is asked: neither etcd
// nor the API server can tell by itself that it has become ready.
const probeInterval = 50 * time.Millisecond

// probes ask components whether they are ready, as their own clients.
type probes struct {
	etcdClient *http.Client
	apiClient  *http.Client
	apiURL     string
}

func newProbes(cfg nodeconf.Config) (*probes, error) {
	etcdClient, err := client(cfg, pki.EtcdCA, pki.EtcdClient)
	if err != nil {
		return nil, err
	}
	apiClient, err := client(cfg, pki.CA, "admin")
	if err != nil {
		return nil, err
	}
	return &probes{etcdClient, apiClient, cfg.APIServer() + "/readyz"}, nil
}

func (p *probes) etcd(ctx context.Context) error {
	return poll(ctx, p.etcdClient, "https://127.0.0.1:2379/readyz")
}

func (p *probes) apiServer(ctx context.Context) error {
	return poll(ctx, p.apiClient, p.apiURL)
}

// poll returns nil on the first answer 200, or says what the last one was.
func poll(ctx context.Context, client *http.Client, url string) error {
	defer client.CloseIdleConnections()
	tick := time.NewTicker(probeInterval)
	defer tick.Stop()
	for {
		last := ask(ctx, client, url)
		if last == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%s did not become ready: %w", url, last)
		}
	}
}

func ask(ctx context.Context, client *http.Client, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("answer %s", response.Status)
	}
	return nil
}

func client(cfg nodeconf.Config, ca, identity string) (*http.Client, error) {
	roots := x509.NewCertPool()
	raw, err := os.ReadFile(cfg.Path("pki", ca+".crt"))
	if err != nil {
		return nil, err
	}
	roots.AppendCertsFromPEM(raw)
	pair, err := tls.LoadX509KeyPair(cfg.Path("pki", identity+".crt"), cfg.Path("pki", identity+".key"))
	if err != nil {
		return nil, err
	}
	return &http.Client{
		Timeout:   2 * time.Second,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}},
	}, nil
}
