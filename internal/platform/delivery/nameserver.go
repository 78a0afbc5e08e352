package delivery

import (
	"context"

	"github.com/miekg/dns"
)

// keptSockets is how many sockets to a name server are kept between questions.
const keptSockets = 8

// nameServer asks the zone's own name server over UDP. It is asked for the names
// of all applications every few seconds, so its sockets are kept.
type nameServer struct {
	address string
	client  dns.Client
	idle    chan *dns.Conn
}

func newNameServer(address string) *nameServer {
	return &nameServer{address: address, client: dns.Client{Timeout: probeTimeout}, idle: make(chan *dns.Conn, keptSockets)}
}

// query asks for the IPv4 addresses of a host. A socket that failed is not used again.
func (s *nameServer) query(ctx context.Context, host string) (*dns.Msg, error) {
	socket, err := s.socket(ctx)
	if err != nil {
		return nil, err
	}
	answer, _, err := s.client.ExchangeWithConnContext(ctx, new(dns.Msg).SetQuestion(dns.Fqdn(host), dns.TypeA), socket)
	if err != nil {
		_ = socket.Close() // the error that matters is the question's
		return nil, err
	}
	select {
	case s.idle <- socket:
		return answer, nil
	default:
		return answer, socket.Close()
	}
}

func (s *nameServer) socket(ctx context.Context) (*dns.Conn, error) {
	select {
	case socket := <-s.idle:
		return socket, nil
	default:
		return s.client.DialContext(ctx, s.address)
	}
}
