package login

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/pronto-platform/pronto/internal/base/netclient"
	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/client"
)

// clientID is the command's name at the portal.
const clientID = "pronto-cli"

// HTTP reaches a portal: one below localhost at this machine, whatever the
// resolver says. ca names a file with a certificate authority; empty: the machine's.
func HTTP(portal, ca string) (*http.Client, error) {
	u, err := url.Parse(portal)
	if err != nil {
		return nil, fmt.Errorf("portal %q: %w", portal, err)
	}
	var pem []byte
	if ca != "" {
		if pem, err = os.ReadFile(ca); err != nil {
			return nil, fmt.Errorf("read the certificate authority (PRONTO_CA): %w", err)
		}
	}
	if strings.HasSuffix(u.Hostname(), ".localhost") {
		return netclient.New(netclient.Config{Domain: "localhost", Edge: "127.0.0.1", CA: pem})
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	if pem != nil {
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		if !pool.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("certificate authority %s: no certificate in it", ca)
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	return &http.Client{Transport: transport}, nil
}

// Client speaks to a portal with the token that was kept for it.
func (k Keys) Client(portal string) (*client.Client, error) {
	portal, key, err := k.Find(portal)
	if err != nil {
		return nil, err
	}
	return Client(portal, key)
}

// Client speaks to a portal with a token.
func Client(portal string, key Key) (*client.Client, error) {
	base, err := url.Parse(portal)
	if err != nil {
		return nil, fmt.Errorf("portal %q: %w", portal, err)
	}
	reach, err := HTTP(portal, key.CA)
	if err != nil {
		return nil, err
	}
	return &client.Client{Base: base, Token: key.Token, HTTP: reach}, nil
}

// SignIn asks the portal for a code, tells the person where to enter it, and
// waits until they did. browse opens an address in a browser; nil: it does not.
func SignIn(ctx context.Context, portal, ca string, reach *http.Client, out io.Writer, browse func(context.Context, string) error) (Key, error) {
	ctx = context.WithValue(ctx, oauth2.HTTPClient, reach)
	flow := &oauth2.Config{ClientID: clientID, Endpoint: oauth2.Endpoint{
		DeviceAuthURL: portal + "/auth/device/code", TokenURL: portal + "/auth/device/token", AuthStyle: oauth2.AuthStyleInParams,
	}}
	device, err := flow.DeviceAuth(ctx)
	if err != nil {
		return Key{}, fmt.Errorf("begin to sign in to %s: %w", portal, told(err))
	}
	fmt.Fprintf(out, "Open  %s\nEnter %s\n", device.VerificationURI, device.UserCode)
	if browse != nil && strings.HasPrefix(device.VerificationURIComplete, portal+"/") {
		if err := browse(ctx, device.VerificationURIComplete); err != nil {
			fmt.Fprintln(out, "No browser could be opened; open the address yourself.")
		}
	}
	token, err := flow.DeviceAccessToken(ctx, device)
	if err != nil {
		return Key{}, fmt.Errorf("sign in to %s: %w", portal, told(err))
	}
	return Key{secret.New(token.AccessToken), token.Expiry, ca}, nil
}

// told is what an OAuth error says to a person.
func told(err error) error {
	var answer *oauth2.RetrieveError
	if !errors.As(err, &answer) {
		return err
	}
	switch answer.ErrorCode {
	case "access_denied":
		return errors.New("it was refused in the browser")
	case "expired_token":
		return errors.New("nobody entered the code in time; run pronto login again")
	case "":
		return fmt.Errorf("the portal answered %s", answer.Response.Status)
	}
	return fmt.Errorf("%s: %s", answer.ErrorCode, answer.ErrorDescription)
}

// Browse opens an address with the desktop's own opener.
func Browse(ctx context.Context, address string) error {
	if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return errors.New("there is no desktop")
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return exec.CommandContext(ctx, "xdg-open", address).Run()
}

// SignOut revokes the portal's token and forgets it. A token that the portal
// knows no more is forgotten too.
func (k Keys) SignOut(ctx context.Context, portal string) (string, error) {
	portal, key, err := k.Find(portal)
	if err != nil {
		return "", err
	}
	c, err := Client(portal, key)
	if err != nil {
		return "", err
	}
	err = c.RevokeToken(ctx, "current")
	var answer *client.Error
	if errors.As(err, &answer) && (answer.Status == http.StatusUnauthorized || answer.Status == http.StatusNotFound) {
		err = nil
	}
	if err != nil {
		return "", fmt.Errorf("revoke the token at %s: %w", portal, err)
	}
	return portal, k.Forget(portal)
}
