package delivery

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/miekg/dns"
)

const probeTimeout = 3 * time.Second

// prober looks at an application from outside, as its users do.
type prober struct {
	names   Names
	zone    *nameServer
	address string // that every host of the zone must have; empty: any
	client  *http.Client
	fresh   *http.Client // as client, and connects anew for each request
	inside  *http.Client // talks to the API server, for applications that are not public
	now     func() time.Time
}

func newProber(cfg Config, transport *http.Transport, inside *http.Client) prober {
	kept, fresh := plainHTTP(transport), plainHTTP(transport)
	fresh.DisableKeepAlives = true
	return prober{names: cfg.Names, zone: newNameServer(cfg.DNSServer), address: cfg.ExpectedAddress,
		client: &http.Client{Transport: kept}, fresh: &http.Client{Transport: fresh}, inside: inside, now: cfg.Clock}
}

// plainHTTP speaks HTTP/1.1: hundreds of applications are asked every few
// seconds, one request at a time each, and HTTP/2's frames cost both ends more.
func plainHTTP(transport *http.Transport) *http.Transport {
	one := transport.Clone()
	one.Protocols = new(http.Protocols)
	one.Protocols.SetHTTP1(true)
	if one.TLSClientConfig != nil {
		one.TLSClientConfig.NextProtos = nil
	}
	return one
}

// resolve asks the zone's own name server for the application's host.
func (p prober) resolve(ctx context.Context, app string) *NameFact {
	fact := &NameFact{Host: p.names.Host(app)}
	answer, err := p.zone.query(ctx, fact.Host)
	switch {
	case err != nil:
		fact.Reason = "the name server does not answer: " + err.Error()
		return fact
	case answer.Rcode != dns.RcodeSuccess && answer.Rcode != dns.RcodeNameError:
		fact.Reason = "the name server answers " + dns.RcodeToString[answer.Rcode]
		return fact
	case !answer.Authoritative:
		fact.Reason = "the name server does not answer for the zone"
		return fact
	}
	fact.Address = addressIn(answer)
	switch fact.OK = fact.Address != "" && (p.address == "" || fact.Address == p.address); {
	case fact.Address == "":
		fact.Reason = "waits for the record in the zone"
	case !fact.OK:
		fact.Reason = fmt.Sprintf("the record names %s, not the edge at %s", fact.Address, p.address)
	}
	return fact
}

// addressIn is the last address of an answer, empty if it has none.
func addressIn(answer *dns.Msg) (address string) {
	for _, record := range answer.Answer {
		if a, ok := record.(*dns.A); ok {
			address = a.A.String()
		}
	}
	return address
}

// visit makes one request over the public address. A connection that was kept
// shows the certificate that it began with; when that has run out, only a new
// one says what others get.
func (p prober) visit(ctx context.Context, app string) (*EdgeFact, *AnswerFact) {
	answer := &AnswerFact{URL: p.names.AppURL(app)}
	reply, err := p.get(ctx, p.client, answer.URL)
	if err == nil && reply.tls != nil && p.now().After(reply.tls.PeerCertificates[0].NotAfter) {
		p.client.CloseIdleConnections()
		reply, err = p.get(ctx, p.client, answer.URL)
	}
	if err != nil {
		answer.Reason = plain(err)
		return &EdgeFact{TLS: false, Reason: answer.Reason}, answer
	}
	answer.read(reply)
	return edgeOf(reply.tls, answer), answer
}

// reply is what a probe looks at in a response; its body was read and dropped.
type reply struct {
	code   int
	header http.Header
	tls    *tls.ConnectionState
}

func (p prober) get(ctx context.Context, client *http.Client, address string) (*reply, error) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", "pronto-delivery")
	noRedirects := *client
	noRedirects.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err := noRedirects.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(response.Body, 1<<20)); err != nil {
		return nil, err
	}
	return &reply{response.StatusCode, response.Header, response.TLS}, nil
}

func (answer *AnswerFact) read(r *reply) {
	answer.Code, answer.Revision, answer.Edge = r.code, r.header.Get("X-Revision"), r.fromEdge()
	switch {
	case answer.Edge && answer.Code == http.StatusNotFound:
		answer.Reason = "the edge has no rule for the host yet"
	case answer.Edge:
		answer.Reason = "the edge has no healthy target yet"
	case answer.Code >= http.StatusInternalServerError:
		answer.Reason = fmt.Sprintf("the application answers %d", answer.Code)
	}
}

// fromEdge reports whether the load balancer itself made the answer.
func (r *reply) fromEdge() bool {
	server := r.header.Get("Server")
	return server == "pronto-edge" || (strings.HasPrefix(server, "awselb/") && r.code >= http.StatusBadRequest)
}

func edgeOf(state *tls.ConnectionState, answer *AnswerFact) *EdgeFact {
	edge := &EdgeFact{Target: !answer.Edge, Reason: answer.Reason}
	if state == nil || len(state.VerifiedChains) == 0 {
		edge.Reason = "the certificate's chain was not verified"
		return edge
	}
	leaf := state.PeerCertificates[0]
	edge.TLS, edge.Issuer, edge.NotAfter = true, leaf.Issuer.CommonName, leaf.NotAfter
	return edge
}

// plain shortens the errors that a request from outside commonly ends with.
func plain(err error) string {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	var unverified *tls.CertificateVerificationError
	var refused *net.OpError
	switch {
	case errors.As(err, &unverified):
		return "the certificate is not accepted: " + unverified.Err.Error()
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("no answer within %s", probeTimeout)
	case errors.As(err, &refused) && refused.Op == "remote error":
		return "waits for the certificate (" + refused.Err.Error() + ")"
	}
	return err.Error()
}

// ask makes one request to a pod through the API server's proxy, for an
// application that is not public.
func (p prober) ask(ctx context.Context, address string) *AnswerFact {
	answer := &AnswerFact{}
	reply, err := p.get(ctx, p.inside, address)
	if err != nil {
		answer.Reason = plain(err)
		return answer
	}
	answer.read(reply)
	return answer
}

// vanished reports whether neither the zone nor the edge knows the host any more.
func (p prober) vanished(ctx context.Context, app string) (bool, string, error) {
	record, err := p.zone.query(ctx, p.names.Host(app))
	if err != nil {
		return false, "", fmt.Errorf("ask the name server for %s: %w", p.names.Host(app), err)
	}
	if address := addressIn(record); !record.Authoritative || address != "" && (p.address == "" || address == p.address) {
		return false, "the zone still has the record", nil // one that leads elsewhere was never the application's
	}
	reply, err := p.get(ctx, p.fresh, p.names.AppURL(app))
	var alert *net.OpError
	switch {
	case errors.As(err, &alert) && alert.Op == "remote error":
		return true, "the name is " + dns.RcodeToString[record.Rcode] + ", the edge has no certificate for it", nil
	case err != nil:
		return false, "", fmt.Errorf("ask the edge for %s: %w", p.names.Host(app), err)
	case reply.fromEdge() && reply.code == http.StatusNotFound:
		return true, "the name is " + dns.RcodeToString[record.Rcode] + ", the edge answers 404", nil
	}
	return false, fmt.Sprintf("the edge still answers %d", reply.code), nil
}
