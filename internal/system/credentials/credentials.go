// Package credentials makes the secrets of one platform once, keeps them in its
// state directory (0600) and hands them out.
package credentials

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pronto-platform/pronto/internal/base/secret"
)

// Set is every credential that system hands to the parts.
type Set struct {
	ForgeToken        secret.String // personal access token of the forge's administrator
	APIToken          secret.String // the portal's administrator token
	AdminPassword     secret.String
	DeveloperPassword secret.String
	OIDCClientSecret  secret.String // the portal's, at the identity provider
	ActionsWebhook    secret.String // shared by forge and actions
	GitOpsWebhook     secret.String // shared by forge and gitops
	PortalWebhook     secret.String // shared by forge, actions and portal
	RegistryNode      secret.String // the node's right to pull
	RegistryAdmin     secret.String
	AccessSeal        secret.String   // encrypts people's refresh tokens and tasks' secrets in the portal's database
	ForgeSeal         secret.String   // encrypts the secrets of workflows in the forge's database
	AppKey            *rsa.PrivateKey // of the GitHub App "github-actions"
}

// fields names the secrets as they stand in the file.
func (s *Set) fields() map[string]*secret.String {
	return map[string]*secret.String{
		"forgeToken": &s.ForgeToken, "apiToken": &s.APIToken,
		"adminPassword": &s.AdminPassword, "developerPassword": &s.DeveloperPassword,
		"oidcClientSecret": &s.OIDCClientSecret, "actionsWebhook": &s.ActionsWebhook,
		"gitopsWebhook": &s.GitOpsWebhook, "portalWebhook": &s.PortalWebhook,
		"registryNode": &s.RegistryNode, "registryAdmin": &s.RegistryAdmin,
		"accessSeal": &s.AccessSeal, "forgeSeal": &s.ForgeSeal,
	}
}

// prefixes are what scanners for leaked credentials look for; see GitHub's token formats.
var prefixes = map[string]string{"forgeToken": "ghp_", "apiToken": "pronto_"}

const keyField = "appKey"

// Ensure reads the file in dir, adds what is missing and writes it back.
func Ensure(dir string) (Set, error) {
	path := filepath.Join(dir, "credentials.json")
	stored, err := read(path)
	if err != nil {
		return Set{}, fmt.Errorf("credentials %s: %w", path, err)
	}
	before := len(stored)
	set := Set{}
	for name, field := range set.fields() {
		if stored[name] == "" {
			stored[name] = fresh(name)
		}
		*field = secret.New(stored[name])
	}
	if set.AppKey, err = appKey(stored); err != nil {
		return Set{}, fmt.Errorf("credentials %s: field %s: %w", path, keyField, err)
	}
	if len(stored) != before {
		err = write(path, stored)
	}
	return set, err
}

func fresh(name string) string {
	switch name {
	case "adminPassword", "developerPassword":
		return readablePassword()
	default:
		return secret.Random(prefixes[name]).Reveal()
	}
}

// readablePassword is four groups of four letters and digits that cannot be
// mistaken for one another: 16 x log2(31), some 79 bits.
func readablePassword() string {
	const alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
	out := make([]byte, 0, 19)
	for len(out) < 19 {
		if len(out)%5 == 4 {
			out = append(out, '-')
			continue
		}
		var b [1]byte
		rand.Read(b[:])
		if int(b[0]) < 256/len(alphabet)*len(alphabet) { // no letter is likelier than another
			out = append(out, alphabet[int(b[0])%len(alphabet)])
		}
	}
	return string(out)
}

func appKey(stored map[string]string) (*rsa.PrivateKey, error) {
	if stored[keyField] == "" {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return nil, err
		}
		block := &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}
		stored[keyField] = string(pem.EncodeToMemory(block))
		return key, nil
	}
	block, _ := pem.Decode([]byte(stored[keyField]))
	if block == nil {
		return nil, errors.New("no PEM block")
	}
	return x509.ParsePKCS1PrivateKey(block.Bytes)
}

func read(path string) (map[string]string, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return map[string]string{}, nil
	}
	if err != nil {
		return nil, err
	}
	stored := map[string]string{}
	err = json.Unmarshal(raw, &stored)
	return stored, err
}

// write replaces the file in one step, so that a crash leaves the old or the new.
func write(path string, stored map[string]string) error {
	raw, err := json.MarshalIndent(stored, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", raw, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
