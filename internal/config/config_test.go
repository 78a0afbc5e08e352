package config_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/pronto-platform/pronto/internal/config"
)

func TestTheDefaultIsValid(t *testing.T) {
	if err := config.Default().Validate(); err != nil {
		t.Fatal(err)
	}
}

func TestFaultsNameTheirField(t *testing.T) {
	for want, spoil := range map[string]func(*config.Config){
		"domain":         func(c *config.Config) { c.Domain = "Nope" },
		"state":          func(c *config.Config) { c.State = "here" },
		"organization":   func(c *config.Config) { c.Organization = "../apps" },
		"edge.httpsPort": func(c *config.Config) { c.Edge.HTTPSPort = 70000 },
		"edge.httpPort":  func(c *config.Config) { c.Edge.HTTPPort = 443 },
		"dns.records[0].name": func(c *config.Config) {
			c.DNS.Records = []config.DNSRecord{{Name: "portal", Address: netip.MustParseAddr("192.0.2.7")}}
		},
		"dns.records[0].address": func(c *config.Config) { c.DNS.Records = []config.DNSRecord{{Name: "mail"}} },
		"overlaps":               func(c *config.Config) { c.Node.Services = netip.MustParsePrefix("10.42.128.0/17") },
		"node.address":           func(c *config.Config) { c.Node.Address = netip.MustParseAddr("10.99.0.2") },
		"catalog.locations[1].target": func(c *config.Config) {
			c.Catalog.Locations = []config.CatalogLocation{{Type: "file", Target: "/srv"}, {Type: "file", Target: "srv"}}
		},
		"catalog.locations[0].type": func(c *config.Config) {
			c.Catalog.Locations = []config.CatalogLocation{{Type: "github", Target: "x"}}
		},
		"catalog.orphanStrategy": func(c *config.Config) { c.Catalog.OrphanStrategy = "forget" },
		"identity.issuer": func(c *config.Config) {
			c.Identity.Issuer, c.Identity.ClientID = "http://issuer.example.com", "pronto"
		},
		"identity.clientID":           func(c *config.Config) { c.Identity.Issuer = "https://issuer.example.com" },
		"name the issuer":             func(c *config.Config) { c.Identity.GroupsClaim = "roles" },
		"identity.roles.ops":          func(c *config.Config) { c.Identity.Roles = map[string]string{"ops": "root"} },
		"identity.defaultRole":        func(c *config.Config) { c.Identity.DefaultRole = "admin" },
		"identity.clientSecretFile":   func(c *config.Config) { c.Identity.ClientSecretFile = "secret" },
		"identity.auditDays":          func(c *config.Config) { c.Identity.AuditDays = 29 },
		"limits.applications":         func(c *config.Config) { c.Limits.Applications = -1 },
		"limits.applicationsPerOwner": func(c *config.Config) { c.Limits.ApplicationsPerOwner = -1 },
		"deletion.graceDays":          func(c *config.Config) { c.Deletion.GraceDays = -1 },
		"node.bridge":                 func(c *config.Config) { c.Node.Bridge = strings.Repeat("b", 16) },
	} {
		t.Run(want, func(t *testing.T) {
			cfg := config.Default()
			spoil(&cfg)
			if err := cfg.Validate(); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("Validate = %v, want it to name %s", err, want)
			}
		})
	}
}

func TestSavedConfigurationLoadsBackAndUnknownFieldsAreRefused(t *testing.T) {
	cfg := config.Default()
	cfg.State = t.TempDir()
	cfg.Edge.HTTPSPort = 8443
	cfg.Deletion.GraceDays = 0
	cfg.Catalog.Locations = []config.CatalogLocation{{Type: "file", Target: "/srv/templates"}}
	cfg.Identity.Issuer, cfg.Identity.ClientID, cfg.Identity.Roles = "https://issuer.example.com", "pronto", map[string]string{"ops": "admin"}
	if err := cfg.Save(); err != nil {
		t.Fatal(err)
	}
	loaded, err := config.Load(cfg.Path(config.FileName), config.Default())
	if err != nil || !reflect.DeepEqual(loaded, cfg) {
		t.Errorf("Load = %+v, %v; want what was saved", loaded, err)
	}
	bad := filepath.Join(t.TempDir(), "pronto.yaml")
	if err := os.WriteFile(bad, []byte("domian: x.localhost\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := config.Load(bad, config.Default()); err == nil || !strings.Contains(err.Error(), "domian") {
		t.Errorf("Load = %v, want the unknown field named", err)
	}
}

func TestURLsCarryThePortOnlyWhenItIsUnusual(t *testing.T) {
	cfg := config.Default()
	if got := cfg.URL("portal").String(); got != "https://portal.pronto.localhost" {
		t.Error(got)
	}
	cfg.Edge.HTTPSPort = 8443
	if got := cfg.URL("git").String(); got != "https://git.pronto.localhost:8443" {
		t.Error(got)
	}
}
