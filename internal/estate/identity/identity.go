// Package identity is the platform's OpenID Connect provider: Dex with its
// password database, under the platform's own face.
//
// Everything Dex remembers is in memory: users and clients come from the
// configuration at every start, and logins under way, refresh tokens, device
// codes and signing keys end with the process. After a restart a login that
// was half done is repeated, and ID tokens of before no longer verify. Nobody
// is logged out of the portal by that: it verifies a token once, at login, and
// keeps its sessions in a store of its own.
package identity

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"sync/atomic"
	"time"

	"github.com/dexidp/dex/server"
	"github.com/dexidp/dex/server/authflow"
	"github.com/dexidp/dex/server/connectors"
	"github.com/dexidp/dex/server/signer"
	"github.com/dexidp/dex/server/tokens"
	"github.com/dexidp/dex/storage"
	"github.com/dexidp/dex/storage/memory"

	"github.com/pronto-platform/pronto/internal/base/secret"
)

const (
	idTokenLife     = time.Hour
	loginLife       = 30 * time.Minute
	deviceLife      = 10 * time.Minute
	refreshLife     = 30 * 24 * time.Hour
	refreshIdleLife = 7 * 24 * time.Hour
	refreshReuse    = 10 * time.Second
	keyRotation     = "24h"
	connectorID     = "local"
)

// Client is an application people log in to.
type Client struct {
	ID           string
	Name         string // shown to people; the ID when empty
	Secret       secret.String
	RedirectURIs []string
	Public       bool // has no secret and must use PKCE: a command line
}

// User is a person with a password.
type User struct {
	Email        string
	Username     string
	UserID       string // stable; the "sub" claim is derived from it
	Groups       []string
	PasswordHash []byte // bcrypt, see HashPassword
}

// Config is what an Identity needs.
type Config struct {
	Issuer  *url.URL // e.g. https://login.example
	Clients []Client
	Users   []User
	Logger  *slog.Logger
}

func (c Config) validate() error {
	if c.Issuer == nil || c.Issuer.Scheme == "" || c.Issuer.Host == "" {
		return errors.New("identity: Issuer needs a scheme and a host")
	}
	if c.Logger == nil {
		return errors.New("identity: Logger is needed")
	}
	for _, client := range c.Clients {
		switch {
		case client.ID == "":
			return errors.New("identity: a client has no ID")
		case !client.Public && client.Secret.IsZero():
			return fmt.Errorf("identity: client %s needs a secret or must be public", client.ID)
		case !client.Public && len(client.RedirectURIs) == 0:
			return fmt.Errorf("identity: client %s needs a redirect URI", client.ID)
		}
	}
	for _, user := range c.Users {
		if user.Email == "" || user.UserID == "" {
			return errors.New("identity: a user needs an Email and a UserID")
		}
		if err := checkHash(user.PasswordHash); err != nil {
			return fmt.Errorf("identity: user %s: %w", user.Email, err)
		}
	}
	return nil
}

// Identity is a part: see New.
type Identity struct {
	cfg    Config
	store  storage.Storage
	server atomic.Pointer[server.Server]
}

// New checks the configuration; the provider answers once Run is ready.
func New(cfg Config) (*Identity, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	return &Identity{cfg: cfg, store: newStore(cfg)}, nil
}

// Name is the part's name.
func (*Identity) Name() string { return "identity" }

// Run starts the provider: key rotation and removal of what has expired live
// as long as ctx.
func (i *Identity) Run(ctx context.Context, ready func()) error {
	keys, err := (&signer.LocalConfig{KeysRotationPeriod: keyRotation}).Open(ctx, i.store, idTokenLife, time.Now, i.cfg.Logger)
	if err != nil {
		return fmt.Errorf("identity: signing keys: %w", err)
	}
	pages, err := pages()
	if err != nil {
		return fmt.Errorf("identity: pages: %w", err)
	}
	dex, err := server.NewServer(ctx, server.Config{
		Issuer:                 i.cfg.Issuer.String(),
		Storage:                i.store,
		Signer:                 keys,
		SupportedResponseTypes: []string{"code"},
		SkipApprovalScreen:     true,
		IDTokensValidFor:       idTokenLife,
		AuthRequestsValidFor:   loginLife,
		DeviceRequestsValidFor: deviceLife,
		RefreshTokenPolicy:     tokens.NewRefreshStrategy(true, refreshLife, refreshIdleLife, refreshReuse, nil),
		PKCE:                   authflow.PKCEConfig{CodeChallengeMethodsSupported: []string{"S256"}},
		Headers:                headers(),
		Web:                    server.WebConfig{WebFS: pages, Issuer: "Pronto", Theme: theme, LogoURL: "theme/logo.svg"},
		Logger:                 i.cfg.Logger,
	})
	if err != nil {
		return fmt.Errorf("identity: %w", err)
	}
	i.server.Store(dex)
	ready()
	<-ctx.Done()
	return nil
}

// Handler serves the issuer's paths; 503 until Run is ready.
func (i *Identity) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if dex := i.server.Load(); dex != nil {
			dex.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Retry-After", "1")
		http.Error(w, "The login service is starting; try again in a moment.", http.StatusServiceUnavailable)
	})
}

// headers forbid scripts altogether: the pages have none. A form-action rule is
// left out because browsers apply it to the redirect after the login too.
func headers() http.Header {
	return http.Header{
		"Content-Security-Policy": {"default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'"},
		"X-Content-Type-Options":  {"nosniff"},
		"X-Frame-Options":         {"DENY"},
		"Referrer-Policy":         {"no-referrer"},
	}
}

// newStore lays the configuration over an empty memory.
func newStore(cfg Config) storage.Storage {
	store := memory.New(cfg.Logger)
	store = storage.WithStaticClients(store, dexClients(cfg.Clients))
	store = storage.WithStaticPasswords(store, dexPasswords(cfg.Users), cfg.Logger)
	return storage.WithStaticConnectors(store, []storage.Connector{
		{ID: connectorID, Type: connectors.LocalConnector, Name: "Email"},
	})
}

func dexClients(clients []Client) []storage.Client {
	var out []storage.Client
	for _, c := range clients {
		name := c.Name
		if name == "" {
			name = c.ID
		}
		out = append(out, storage.Client{
			ID: c.ID, Secret: c.Secret.Reveal(), RedirectURIs: slices.Clone(c.RedirectURIs), Public: c.Public, Name: name,
		})
	}
	return out
}

func dexPasswords(users []User) []storage.Password {
	var out []storage.Password
	for _, u := range users {
		out = append(out, storage.Password{
			Email: u.Email, Hash: u.PasswordHash, Username: u.Username, PreferredUsername: u.Username,
			UserID: u.UserID, Groups: slices.Clone(u.Groups),
		})
	}
	return out
}
