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

	"golang.org/x/sync/singleflight"
	"golang.org/x/time/rate"

	"github.com/pronto-platform/pronto/internal/base/seal"
	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// Config says who signs people in and what their groups may do.
type Config struct {
	DB           *sql.DB
	PortalURL    string // https://portal.<domain>[:port]
	Issuer       string // of the OIDC provider
	ClientID     string
	ClientSecret secret.String // empty for a public client; PKCE is used always
	Scopes       []string      // default: openid, profile, email, and groups and offline_access where offered
	GroupsClaim  string        // default: groups, then cognito:groups
	// Embedded says that the provider is the platform's own: it forgets its
	// refresh tokens with this process, and its admin is the machine's owner.
	Embedded    bool
	Roles       map[string]Role
	DefaultRole Role          // of a person in none of the groups; empty: refused
	AdminToken  secret.String // an API token that always holds, for the machine's owner
	SealKey     secret.String // encrypts refresh tokens in the database
	HTTPClient  *http.Client  // reaches the provider
	SessionAge  time.Duration // default 12 h
	ClaimsAge   time.Duration // within which lost membership takes effect; default 1 h
	KeepAudit   time.Duration // default 400 days, at least 30
	Logger      *slog.Logger
	Clock       func() time.Time // default time.Now
}

const (
	day              = 24 * time.Hour
	defaultKeepAudit = 400 * day
	leastKeepAudit   = 30 * day // the database itself keeps those
)

// Access signs people in and says who makes a request.
type Access struct {
	cfg      Config
	store    records
	seal     seal.Sealer
	limits   limits
	csrf     *http.CrossOriginProtection
	pending  *pendingLogins
	began    time.Time
	renewals singleflight.Group
	resting  sync.Map // by person: until when the provider is not asked again

	mu       sync.Mutex
	provider *provider // nil until discovered
}

// CookieName is the session cookie's name; the prefix makes browsers insist
// on HTTPS, the whole site and this host only.
const CookieName = "__Host-pronto"

// TokenPrefix begins every API token.
const TokenPrefix = "pronto_"

// limits are per address, but for the codes a person looks up.
type limits struct{ logins, devices, polls, codes, strangers *limiter }

func newLimits() limits {
	perMinute := func(n, burst int) *limiter { return newLimiter(rate.Every(time.Minute/time.Duration(n)), burst) }
	return limits{
		logins: perMinute(20, loginBurst), devices: perMinute(10, 10), polls: perMinute(60, 30),
		codes: perMinute(20, 20), strangers: perMinute(30, 30),
	}
}

const loginBurst = 10

// New checks the configuration. The provider is asked at the first sign-in,
// because it may start beside us.
func New(cfg Config) (*Access, error) {
	if err := complete(&cfg); err != nil {
		return nil, err
	}
	portal, err := url.Parse(cfg.PortalURL)
	if err != nil || portal.Host == "" {
		return nil, fmt.Errorf("access: PortalURL %q is no address", cfg.PortalURL)
	}
	csrf := http.NewCrossOriginProtection()
	if err := csrf.AddTrustedOrigin(portal.Scheme + "://" + portal.Host); err != nil {
		return nil, fmt.Errorf("access: PortalURL %q: %w", cfg.PortalURL, err)
	}
	sealer, err := seal.New(cfg.SealKey, "pronto access refresh tokens")
	if err != nil {
		return nil, fmt.Errorf("access: SealKey: %w", err)
	}
	return &Access{
		cfg: cfg, store: records{cfg.DB}, seal: sealer, limits: newLimits(), csrf: csrf,
		pending: newPendingLogins(cfg.Clock), began: cfg.Clock().Truncate(time.Second),
	}, nil
}

func complete(cfg *Config) error {
	for what, missing := range map[string]bool{
		"DB": cfg.DB == nil, "PortalURL": cfg.PortalURL == "", "Issuer": cfg.Issuer == "", "ClientID": cfg.ClientID == "",
		"HTTPClient": cfg.HTTPClient == nil, "Logger": cfg.Logger == nil,
	} {
		if missing {
			return errors.New("access: " + what + " is needed")
		}
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	for value, otherwise := range map[*time.Duration]time.Duration{
		&cfg.SessionAge: 12 * time.Hour, &cfg.ClaimsAge: time.Hour, &cfg.KeepAudit: defaultKeepAudit,
	} {
		if *value == 0 {
			*value = otherwise
		}
	}
	if cfg.KeepAudit < leastKeepAudit {
		return fmt.Errorf("access: KeepAudit %s is less than %s", cfg.KeepAudit, leastKeepAudit)
	}
	return nil
}

var (
	errAnonymous     = fault.Authenticationf("sign in, or send an API token as Authorization: Bearer")
	errToken         = fault.Authenticationf("the API token is not known or has expired")
	errSession       = fault.Authenticationf("the session has ended; sign in again")
	errUnknownPerson = fault.Authenticationf("the identity provider has to vouch for you again; sign in at the portal")
	errTokenRests    = fault.Authenticationf("the token rests: the identity provider has not vouched for its owner lately; sign in at the portal once to renew it")
	errTokenOfToken  = fault.NotAllowedf("a token makes no tokens; sign in at the portal, or use pronto login")
	errOrigin        = fault.NotAllowedf("the request comes from another site")
)

// Authenticate says who makes a request. It fails with a *fault.Error when nobody
// does or when the request was forged by another site.
func (a *Access) Authenticate(r *http.Request) (User, error) {
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, token, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "bearer") || token == "" {
			return User{}, fault.Authenticationf("send the API token as Authorization: Bearer pronto_...")
		}
		return a.byToken(r.Context(), token)
	}
	cookie, err := r.Cookie(CookieName)
	if err != nil {
		return User{}, errAnonymous
	}
	user, err := a.bySession(r.Context(), cookie.Value)
	if err != nil {
		return User{}, err
	}
	if err := a.csrf.Check(r); err != nil {
		return User{}, errOrigin
	}
	return user, nil
}

// bySession is whose browser it is. Where the provider cannot be asked again a
// session lasts no longer than its claims may be old.
func (a *Access) bySession(ctx context.Context, value string) (User, error) {
	ref, err := a.store.session(ctx, value, a.cfg.Clock())
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return User{}, errSession
	case err != nil:
		return User{}, fmt.Errorf("access: find a session: %w", err)
	}
	p, err := a.current(ctx, ref)
	switch {
	case errors.Is(err, errUnrenewable), errors.Is(err, errUnknownPerson):
		return User{}, errSession
	case err != nil:
		return User{}, err
	}
	user := a.user(p)
	user.session = true
	if user.Role == RoleNone {
		return User{}, fault.NotAllowedf("%s is in no group that may use the portal any more; ask an administrator", user.Name)
	}
	return user, nil
}
