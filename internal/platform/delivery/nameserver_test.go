package delivery

import (
	"net"
	"sync"
	"testing"

	"github.com/miekg/dns"
)

// echo is a name server that knows no name and tells who asked.
func echo(t *testing.T, address string, asked func(from string)) (*dns.Server, string) {
	t.Helper()
	packets, err := net.ListenPacket("udp", address)
	if err != nil {
		t.Fatal(err)
	}
	server := &dns.Server{PacketConn: packets, Handler: dns.HandlerFunc(func(rw dns.ResponseWriter, question *dns.Msg) {
		asked(rw.RemoteAddr().String())
		_ = rw.WriteMsg(new(dns.Msg).SetRcode(question, dns.RcodeNameError))
	})}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = server.ActivateAndServe() }()
	t.Cleanup(func() { _ = server.Shutdown(); <-ended })
	return server, packets.LocalAddr().String()
}

func TestANameServerIsAskedOverKeptSocketsUntilOneFails(t *testing.T) {
	var mu sync.Mutex
	var askers []string
	tell := func(from string) { mu.Lock(); defer mu.Unlock(); askers = append(askers, from) }
	server, address := echo(t, "127.0.0.1:0", tell)
	zone := newNameServer(address)
	ask := func() error {
		answer, err := zone.query(t.Context(), "a.example.test")
		if err == nil && answer.Rcode != dns.RcodeNameError {
			t.Errorf("the answer is %s", dns.RcodeToString[answer.Rcode])
		}
		return err
	}
	for range 3 {
		if err := ask(); err != nil {
			t.Fatal(err)
		}
	}
	if askers[0] != askers[1] || askers[1] != askers[2] {
		t.Errorf("three questions came over more than one socket: %v", askers)
	}
	if err := server.Shutdown(); err != nil {
		t.Fatal(err)
	}
	if err := ask(); err == nil {
		t.Error("a name server that is gone has answered")
	}
	echo(t, address, tell)
	if err := ask(); err != nil {
		t.Error(err)
	}
	if askers[3] == askers[2] {
		t.Error("the socket that had failed was used again")
	}
}

func TestANameServerIsAskedByManyAtOnce(t *testing.T) {
	_, address := echo(t, "127.0.0.1:0", func(string) {})
	zone := newNameServer(address)
	var asking sync.WaitGroup
	for range 4 * keptSockets {
		asking.Go(func() {
			for range 20 {
				if _, err := zone.query(t.Context(), "a.example.test"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	asking.Wait()
}
