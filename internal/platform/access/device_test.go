package access

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// post sends a form to one of the device endpoints.
func post(t *testing.T, serve func(http.ResponseWriter, *http.Request) error, form url.Values) (int, map[string]any) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), "POST", "/", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	if err := serve(w, r); err != nil {
		t.Fatal(err)
	}
	body := map[string]any{}
	raw, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &body); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return w.Code, body
}

type deviceFlow struct {
	*Access
	code, user string
}

func begin(t *testing.T, a *Access) deviceFlow {
	t.Helper()
	status, body := post(t, a.DeviceCode, url.Values{"client_id": {DeviceClient}})
	code, _ := body["device_code"].(string)
	user, _ := body["user_code"].(string)
	if status != 200 || code == "" || !regexp.MustCompile(`^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$`).MatchString(user) {
		t.Fatalf("device code = %d %v", status, body)
	}
	if uri, _ := body["verification_uri_complete"].(string); uri != a.cfg.PortalURL+"/device?code="+user {
		t.Errorf("verification_uri_complete = %s", uri)
	}
	return deviceFlow{a, code, user}
}

func (f deviceFlow) poll(t *testing.T) (int, map[string]any) {
	t.Helper()
	return post(t, f.DeviceToken, url.Values{"client_id": {DeviceClient}, "grant_type": {deviceGrant}, "device_code": {f.code}})
}

func inBrowser(ref string) User { return User{Ref: ref, Role: RoleDeveloper, session: true} }

func TestAProgramIsSignedInByABrowser(t *testing.T) {
	a, s := setUp(t, "devs")
	s.signIn(t)
	f := begin(t, a)
	if status, body := f.poll(t); status != 400 || body["error"] != "authorization_pending" {
		t.Errorf("before: %d %v", status, body)
	}
	typed := strings.ToLower(strings.ReplaceAll(f.user, "-", " "))
	if device, err := a.Device(t.Context(), inBrowser("user:default/ana"), typed); err != nil || device.UserCode != f.user {
		t.Errorf("device = %+v, %v", device, err)
	}
	if err := a.DecideDevice(t.Context(), inBrowser("user:default/ana"), typed, true); err != nil {
		t.Fatal(err)
	}
	if err := a.DecideDevice(t.Context(), inBrowser("user:default/eve"), f.user, true); err == nil {
		t.Error("it was decided twice")
	}
	later(a, 6*time.Second)
	status, body := f.poll(t)
	token, _ := body["access_token"].(string)
	if status != 200 || !strings.HasPrefix(token, TokenPrefix) || body["token_type"] != "Bearer" {
		t.Fatalf("after: %d %v", status, body)
	}
	if status, who := s.who(t, "Authorization", "Bearer "+token); status != 200 || !strings.Contains(who, "user:default/ana") {
		t.Errorf("the token is %d %s", status, who)
	}
	if status, body := f.poll(t); status != 400 || body["error"] != "invalid_grant" {
		t.Errorf("a second time: %d %v", status, body)
	}
	if e := trail(t, a)[0]; e.Action != ActionDevice || e.Actor != "user:default/ana" || e.Outcome != OutcomeDone {
		t.Errorf("the trail says %+v", e)
	}
}

func TestHowADeviceIsNotSignedIn(t *testing.T) {
	a, _ := setUp(t)
	ana := inBrowser("user:default/ana")
	f := begin(t, a)
	f.poll(t)
	if status, body := f.poll(t); status != 400 || body["error"] != "slow_down" {
		t.Errorf("asked at once again: %d %v", status, body)
	}
	later(a, 6*time.Second)
	if _, body := f.poll(t); body["error"] != "slow_down" {
		t.Errorf("after slow_down the interval is 10 s: %v", body)
	}
	if err := a.DecideDevice(t.Context(), ana, f.user, false); err != nil {
		t.Fatal(err)
	}
	if _, body := f.poll(t); body["error"] != "access_denied" {
		t.Errorf("refused: %v", body)
	}
	f = begin(t, a)
	later(a, deviceAge)
	if _, body := f.poll(t); body["error"] != "expired_token" {
		t.Errorf("expired: %v", body)
	}
	if err := a.DecideDevice(t.Context(), ana, f.user, true); err == nil {
		t.Error("an expired one was approved")
	}
	f = begin(t, a)
	byToken := User{Ref: "user:default/ana", Role: RoleAdmin}
	if err := a.DecideDevice(t.Context(), byToken, f.user, true); err == nil || !strings.Contains(err.Error(), "browser") {
		t.Errorf("approved with a token: %v", err)
	}
	for want, form := range map[string]url.Values{
		"unsupported_grant_type": {"client_id": {DeviceClient}, "grant_type": {"password"}},
		"invalid_client":         {"client_id": {"other"}, "grant_type": {deviceGrant}},
		"invalid_grant":          {"client_id": {DeviceClient}, "grant_type": {deviceGrant}, "device_code": {"x"}},
	} {
		if status, body := post(t, a.DeviceToken, form); status < 400 || body["error"] != want {
			t.Errorf("%v = %d %v", form, status, body)
		}
	}
	if status, body := post(t, a.DeviceCode, url.Values{}); status != 401 || body["error"] != "invalid_client" {
		t.Errorf("no client = %d %v", status, body)
	}
}

func TestDeviceRequestsAndCodesAreLimited(t *testing.T) {
	a, _ := setUp(t)
	last := 0
	for range 11 {
		last, _ = post(t, a.DeviceCode, url.Values{"client_id": {DeviceClient}})
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("the eleventh request at once = %d, want 429", last)
	}
	var err error
	for range 21 {
		_, err = a.Device(t.Context(), inBrowser("user:default/eve"), "BBBB-BBBB")
	}
	if err == nil || !strings.Contains(err.Error(), "too many codes") {
		t.Errorf("the 21st code tried at once: %v", err)
	}
}
