package access

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/time/rate"

	"github.com/pronto-platform/pronto/internal/base/secret"
)

// Config says who signs people in and what their groups may do.
type Config struct {
	DB           *sql.DB
	PortalURL    string // https://portal.<domain>[:port]
	Issuer       string // of the OIDC provider
	ClientID     string
	ClientSecret secret.String // empty for a public client; PKCE is used always
	Roles        map[string]Role
	DefaultRole  Role          // of a person in none of the groups; empty: refused
	AdminToken   secret.String // an API token that always holds, for the machine's owner
	HTTPClient   *http.Client  // reaches the provider
	SessionAge   time.Duration // default 12 h
	Logger       *slog.Logger
	Clock        func() time.Time // default time.Now
}

// Access signs people in and says who makes a request.
type Access struct {
	cfg     Config
	store   records
	logins  *limiter
	csrf    *http.CrossOriginProtection
	pending *pendingLogins

	mu       sync.Mutex
	provider *oidc.Provider // nil until discovered
}

// CookieName is the session cookie's name; the prefix makes browsers insist
// on HTTPS, the whole site and this host only.
const CookieName = "__Host-pronto"

// TokenPrefix begins every API token.
const TokenPrefix = "pronto_"

const (
	loginsPerMinute = 20
	loginBurst      = 10
)

// New checks the configuration. The provider is asked at the first sign-in,
// because it may start beside us.
func New(cfg Config) (*Access, error) {
	for what, missing := range map[string]bool{
		"DB": cfg.DB == nil, "PortalURL": cfg.PortalURL == "", "Issuer": cfg.Issuer == "", "ClientID": cfg.ClientID == "",
		"HTTPClient": cfg.HTTPClient == nil, "Logger": cfg.Logger == nil,
	} {
		if missing {
			return nil, errors.New("access: " + what + " is needed")
		}
	}
	portal, err := url.Parse(cfg.PortalURL)
	if err != nil || portal.Host == "" {
		return nil, fmt.Errorf("access: PortalURL %q is no address", cfg.PortalURL)
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.SessionAge == 0 {
		cfg.SessionAge = 12 * time.Hour
	}
	csrf := http.NewCrossOriginProtection()
	if err := csrf.AddTrustedOrigin(portal.Scheme + "://" + portal.Host); err != nil {
		return nil, fmt.Errorf("access: PortalURL %q: %w", cfg.PortalURL, err)
	}
	return &Access{
		cfg: cfg, store: records{cfg.DB}, csrf: csrf, pending: newPendingLogins(cfg.Clock),
		logins: newLimiter(rate.Every(time.Minute/loginsPerMinute), loginBurst),
	}, nil
}

// RefusalError is a refusal, with the HTTP status that says it.
type RefusalError struct {
	Status  int
	Message string
}

func (p *RefusalError) Error() string { return p.Message }

var (
	errAnonymous = &RefusalError{http.StatusUnauthorized, "sign in, or send an API token as Authorization: Bearer"}
	errToken     = &RefusalError{http.StatusUnauthorized, "the API token is not known or has expired"}
	errSession   = &RefusalError{http.StatusUnauthorized, "the session has ended; sign in again"}
	errOrigin    = &RefusalError{http.StatusForbidden, "the request comes from another site"}
)

// Authenticate says who makes a request. It fails with a *RefusalError when nobody
// does or when the request was forged by another site.
func (a *Access) Authenticate(r *http.Request) (User, error) {
	if header := r.Header.Get("Authorization"); header != "" {
		return a.byToken(r.Context(), header)
	}
	cookie, err := r.Cookie(CookieName)
	if err != nil {
		return User{}, errAnonymous
	}
	user, err := a.store.session(r.Context(), cookie.Value, a.cfg.Clock())
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return User{}, errSession
	case err != nil:
		return User{}, err
	}
	if err := a.csrf.Check(r); err != nil {
		return User{}, errOrigin
	}
	return user, nil
}

func (a *Access) byToken(ctx context.Context, header string) (User, error) {
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "bearer") || token == "" {
		return User{}, &RefusalError{http.StatusUnauthorized, "send the API token as Authorization: Bearer pronto_..."}
	}
	if a.cfg.AdminToken.Equal(token) {
		return User{Ref: "user:default/admin", Name: "admin", Groups: []string{}, Role: RoleAdmin}, nil
	}
	user, err := a.store.token(ctx, token, a.cfg.Clock())
	if errors.Is(err, sql.ErrNoRows) {
		return User{}, errToken
	}
	return user, err
}
