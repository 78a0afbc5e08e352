package edge

import (
	"strings"
	"testing"
)

func TestTheConfigurationNamesNoApplication(t *testing.T) {
	cfg := Config{
		Domain: domain, Listen: []string{"127.0.0.1:8443"}, ListenHTTP: []string{"127.0.0.1:8080"}, HTTPSPort: 8443,
		CARoot: CARoot{CertFile: "/ca/root.pem", KeyFile: "/ca/root-key.pem"},
		System: map[string]string{"portal." + domain: "/run/portal.sock"},
	}
	data, err := caddyConfig(cfg, "7", "/state/caddy")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"disabled":true`, `"install_trust":false`, `"on_demand":true`, `"module":"pronto"`,
		`"certificate":"/ca/root.pem"`, `https://{http.request.host}:8443{http.request.uri}`,
	} {
		if !strings.Contains(string(data), want) {
			t.Errorf("no %s in %s", want, data)
		}
	}
	if strings.Contains(string(data), "portal.sock") {
		t.Error("a target stands in Caddy's configuration, so a change of it would need a reload")
	}
}

func TestARedirectNamesAPortOnlyWhereItIsNotTheUsualOne(t *testing.T) {
	if got := redirectTo(443); strings.Contains(got, ":443") {
		t.Errorf("redirect to %s", got)
	}
}
