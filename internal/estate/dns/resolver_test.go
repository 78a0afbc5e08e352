package dns_test

import (
	"net"
	"testing"

	mdns "github.com/miekg/dns"
)

// startResolver is the machine's resolver: 127.0.0.77:53 says 192.0.2.80 for
// every name. A resolv.conf cannot name a port.
func startResolver(t *testing.T) string {
	t.Helper()
	const host = "127.0.0.77"
	packet, err := net.ListenPacket("udp", host+":53")
	if err != nil {
		t.Skipf("port 53 is needed for a resolver: %v", err)
	}
	server := &mdns.Server{PacketConn: packet, Handler: mdns.HandlerFunc(func(w mdns.ResponseWriter, query *mdns.Msg) {
		reply := new(mdns.Msg).SetReply(query)
		reply.Answer = []mdns.RR{&mdns.A{
			Hdr: mdns.RR_Header{Name: query.Question[0].Name, Rrtype: mdns.TypeA, Class: mdns.ClassINET, Ttl: 60},
			A:   net.IPv4(192, 0, 2, 80),
		}}
		_ = w.WriteMsg(reply)
	})}
	started, done := make(chan struct{}), make(chan error, 1)
	server.NotifyStartedFunc = func() { close(started) }
	go func() { done <- server.ActivateAndServe() }()
	<-started
	t.Cleanup(func() {
		if err := server.Shutdown(); err != nil {
			t.Error(err)
		}
		<-done
	})
	return host
}

// freeAddress is free for UDP and TCP.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	packet, err := net.ListenPacket("udp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer packet.Close()
	return listener.Addr().String()
}
