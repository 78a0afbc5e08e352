package access

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// DeviceClient is the one program that may ask to be signed in: the command.
const DeviceClient = "pronto-cli"

const (
	deviceGrant    = "urn:ietf:params:oauth:grant-type:device_code"
	deviceAge      = 10 * time.Minute
	deviceInterval = 5 * time.Second
	deviceTokenAge = 90 * day
	maxDevices     = 1000 // that wait at the same time

	// userCodeLetters are those that no one mistakes for another and that make
	// no words (RFC 8628, section 6.1): eight of them are some 34 bits.
	userCodeLetters = "BCDFGHJKLMNPQRSTVWXZ"
	userCodeLength  = 8

	approved = "approved"
	denied   = "refused"
)

// Device is a program that waits to be signed in.
type Device struct {
	UserCode    string    `json:"userCode"`
	Client      string    `json:"client"`
	RequestedAt time.Time `json:"requestedAt"`
	ExpiresAt   time.Time `json:"expiresAt"`
	Address     string    `json:"address"` // that asked
}

// oauthError is an error as OAuth says it (RFC 6749, section 5.2).
type oauthError struct {
	status      int
	Code        string `json:"error"`
	Description string `json:"error_description,omitempty"`
}

func (e *oauthError) Error() string { return e.Code + ": " + e.Description }

// DeviceCode begins to sign a program in (RFC 8628, section 3.1).
func (a *Access) DeviceCode(w http.ResponseWriter, r *http.Request) error {
	return a.answerOAuth(w, r, a.limits.devices, func() (any, error) {
		if client := r.PostFormValue("client_id"); client != DeviceClient {
			return nil, &oauthError{http.StatusUnauthorized, "invalid_client", "client_id: this portal signs in " + DeviceClient + " only"}
		}
		code, device, err := a.newDevice(r.Context(), Address(r))
		if err != nil {
			return nil, err
		}
		page := strings.TrimSuffix(a.cfg.PortalURL, "/") + "/device"
		return map[string]any{
			"device_code": code.Reveal(), "user_code": device.UserCode,
			"verification_uri": page, "verification_uri_complete": page + "?code=" + url.QueryEscape(device.UserCode),
			"expires_in": int(deviceAge.Seconds()), "interval": int(deviceInterval.Seconds()),
		}, nil
	})
}

// DeviceToken answers a program that asks whether it is signed in (RFC 8628,
// section 3.4). The token is a personal one of whoever approved.
func (a *Access) DeviceToken(w http.ResponseWriter, r *http.Request) error {
	return a.answerOAuth(w, r, a.limits.polls, func() (any, error) {
		switch {
		case r.PostFormValue("grant_type") != deviceGrant:
			return nil, &oauthError{http.StatusBadRequest, "unsupported_grant_type", "grant_type: use " + deviceGrant}
		case r.PostFormValue("client_id") != DeviceClient:
			return nil, &oauthError{http.StatusUnauthorized, "invalid_client", "client_id: this portal signs in " + DeviceClient + " only"}
		}
		ref, err := a.poll(r.Context(), r.PostFormValue("device_code"))
		if err != nil {
			return nil, err
		}
		token, value, err := a.CreateToken(r.Context(), User{Ref: ref}, NewToken{Name: "pronto login from " + Address(r), Age: deviceTokenAge})
		if err != nil {
			return nil, err
		}
		entry := Entry{Actor: ref, Action: ActionDevice, Target: token.ID, Outcome: OutcomeDone, Status: http.StatusOK, Address: Address(r)}
		if err := a.Record(r.Context(), entry); err != nil {
			return nil, err
		}
		return map[string]any{"access_token": value.Reveal(), "token_type": "Bearer", "expires_in": int(deviceTokenAge.Seconds())}, nil
	})
}

// answerOAuth writes what serve returns in OAuth's shapes; what is neither is
// returned.
func (a *Access) answerOAuth(w http.ResponseWriter, r *http.Request, limit *limiter, serve func() (any, error)) error {
	if !limit.allow(Address(r)) {
		refusal := fault.TooManyRequestsf("too many requests of this address; wait a minute")
		if err := a.recordRefusal(r, ActionDevice, refusal); !errors.Is(err, refusal) {
			return err
		}
		return writeOAuth(w, http.StatusTooManyRequests, &oauthError{Code: "slow_down", Description: refusal.Error()})
	}
	body, err := serve()
	var told *oauthError
	switch {
	case errors.As(err, &told):
		return writeOAuth(w, told.status, told)
	case err != nil:
		return err
	}
	return writeOAuth(w, http.StatusOK, body)
}

func writeOAuth(w http.ResponseWriter, status int, body any) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // nobody is left to tell when the caller is gone
	return nil
}

func (a *Access) newDevice(ctx context.Context, address string) (secret.String, Device, error) {
	now := a.cfg.Clock().UTC().Truncate(time.Second)
	var waiting int
	if err := a.cfg.DB.QueryRowContext(ctx, `SELECT count(*) FROM access_devices WHERE expires_at > ?`, now.Unix()).Scan(&waiting); err != nil {
		return secret.String{}, Device{}, fmt.Errorf("access: new device: %w", err)
	}
	if waiting >= maxDevices {
		return secret.String{}, Device{}, &oauthError{http.StatusServiceUnavailable, "temporarily_unavailable", "too many programs wait to be signed in; try again in a few minutes"}
	}
	code := secret.Random("")
	device := Device{UserCode: newUserCode(), Client: DeviceClient, RequestedAt: now, ExpiresAt: now.Add(deviceAge), Address: address}
	_, err := a.cfg.DB.ExecContext(ctx, `
		INSERT INTO access_devices (hash, user_code, client, address, requested_at, expires_at, interval) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		hash(code.Reveal()), plainCode(device.UserCode), device.Client, address, now.Unix(), device.ExpiresAt.Unix(), int(deviceInterval.Seconds()))
	if err != nil {
		return secret.String{}, Device{}, fmt.Errorf("access: new device: %w", err)
	}
	return code, device, nil
}

// newUserCode is in the form XXXX-XXXX, each letter as likely as another.
func newUserCode() string {
	code := make([]byte, 0, userCodeLength+1)
	for len(code) < userCodeLength+1 {
		if len(code) == userCodeLength/2 {
			code = append(code, '-')
			continue
		}
		var b [1]byte
		rand.Read(b[:]) // never fails, see crypto/rand
		if int(b[0]) < 256/len(userCodeLetters)*len(userCodeLetters) {
			code = append(code, userCodeLetters[int(b[0])%len(userCodeLetters)])
		}
	}
	return string(code)
}

// plainCode is a user code as it is kept: people type it as they like.
func plainCode(code string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(userCodeLetters, r) {
			return r
		}
		return -1
	}, strings.ToUpper(code))
}

// poll is who approved the device, once; else the *oauthError that says how it stands.
func (a *Access) poll(ctx context.Context, code string) (ref string, err error) {
	now := a.cfg.Clock()
	var expires, polled, interval int64
	var decision string
	err = a.cfg.DB.QueryRowContext(ctx, `SELECT expires_at, polled_at, interval, decision FROM access_devices WHERE hash = ?`, hash(code)).
		Scan(&expires, &polled, &interval, &decision)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", &oauthError{http.StatusBadRequest, "invalid_grant", "device_code: there is no such, or it was used"}
	case err != nil:
		return "", fmt.Errorf("access: poll a device: %w", err)
	case now.Unix() >= expires:
		return "", &oauthError{http.StatusBadRequest, "expired_token", "nobody approved in time; begin again"}
	case decision == denied:
		return "", &oauthError{http.StatusBadRequest, "access_denied", "it was refused in the browser"}
	case decision == approved:
		err = a.cfg.DB.QueryRowContext(ctx, `DELETE FROM access_devices WHERE hash = ? RETURNING person`, hash(code)).Scan(&ref)
		if errors.Is(err, sql.ErrNoRows) {
			return "", &oauthError{http.StatusBadRequest, "invalid_grant", "device_code: it was used"}
		}
		return ref, err
	}
	waiting := &oauthError{http.StatusBadRequest, "authorization_pending", "nobody has decided yet"}
	if now.UnixMilli()-polled < interval*1000-500 { // a timer's inexactness is not a fault
		interval += int64(deviceInterval.Seconds())
		waiting = &oauthError{http.StatusBadRequest, "slow_down", fmt.Sprintf("ask every %d seconds", interval)}
	}
	if _, err := a.cfg.DB.ExecContext(ctx, `UPDATE access_devices SET polled_at = ?, interval = ? WHERE hash = ?`, now.UnixMilli(), interval, hash(code)); err != nil {
		return "", fmt.Errorf("access: poll a device: %w", err)
	}
	return "", waiting
}

var errNoDevice = fault.NotFoundf("no program waits with this code: it was decided, it expired, or it is misspelt")

// Device is the program that waits with a user code. How often a person may
// ask is limited, so that codes are not found by trying.
func (a *Access) Device(ctx context.Context, user User, code string) (Device, error) {
	if !a.limits.codes.allow(user.Ref) {
		return Device{}, fault.TooManyRequestsf("too many codes; wait a minute")
	}
	d := Device{}
	var requested, expires int64
	err := a.cfg.DB.QueryRowContext(ctx, `SELECT user_code, client, address, requested_at, expires_at FROM access_devices
		WHERE user_code = ? AND expires_at > ? AND decision = ''`, plainCode(code), a.cfg.Clock().Unix()).
		Scan(&d.UserCode, &d.Client, &d.Address, &requested, &expires)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Device{}, errNoDevice
	case err != nil:
		return Device{}, fmt.Errorf("access: find a device: %w", err)
	}
	d.UserCode = d.UserCode[:userCodeLength/2] + "-" + d.UserCode[userCodeLength/2:]
	d.RequestedAt, d.ExpiresAt = time.Unix(requested, 0).UTC(), time.Unix(expires, 0).UTC()
	return d, nil
}

// DecideDevice signs the program in as user, or refuses it, once. It takes a
// browser's session: a stolen token must not make itself another.
func (a *Access) DecideDevice(ctx context.Context, user User, code string, approve bool) error {
	if !user.session {
		return fault.NotAllowedf("decide this in the browser, signed in to the portal: a token cannot")
	}
	if _, err := a.Device(ctx, user, code); err != nil {
		return err
	}
	decision := denied
	if approve {
		decision = approved
	}
	result, err := a.cfg.DB.ExecContext(ctx, `UPDATE access_devices SET decision = ?, person = ?
		WHERE user_code = ? AND expires_at > ? AND decision = ''`, decision, user.Ref, plainCode(code), a.cfg.Clock().Unix())
	if err != nil {
		return fmt.Errorf("access: decide on a device: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(errNoDevice, err)
	}
	return nil
}
