package system

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"

	"github.com/pronto-platform/pronto/internal/cli"
	"github.com/pronto-platform/pronto/internal/config"
)

// kubeconfigPath is the administrator's kubeconfig of the cluster in use.
func kubeconfigPath(cfg config.Config) string {
	if !cfg.Embedded() {
		return cfg.Node.Kubeconfig
	}
	return filepath.Join(nodeDir(cfg), "admin.conf")
}

func nodeDir(cfg config.Config) string { return cfg.Path("node") }

// gitVariables let the system's git reach the forge as the administrator,
// through the environment only; see git-config(1), GIT_CONFIG_COUNT.
func gitVariables(g ground) cli.Variables {
	origin := g.cfg.URL("git").String() + "/"
	basic := base64.StdEncoding.EncodeToString([]byte("admin:" + g.creds.ForgeToken.Reveal()))
	settings := [][2]string{
		{"http." + origin + ".extraHeader", "Authorization: Basic " + basic},
		{"http.curloptResolve", curlResolve(g.cfg)},
	}
	vars := cli.Variables{{Name: "GIT_CONFIG_COUNT", Value: strconv.Itoa(len(settings))}}
	for i, s := range settings {
		vars = append(vars, cli.Variable{Name: fmt.Sprintf("GIT_CONFIG_KEY_%d", i), Value: s[0]},
			cli.Variable{Name: fmt.Sprintf("GIT_CONFIG_VALUE_%d", i), Value: s[1]})
	}
	return vars
}

// curlResolve pins the forge's name to the edge, in libcurl's form host:port:address.
func curlResolve(cfg config.Config) string {
	return net.JoinHostPort(cfg.Host("git"), strconv.Itoa(cfg.Edge.HTTPSPort)) + ":" + cfg.Edge.Address.String()
}

// trustVariables make curl, git, Go and Node.js programs trust the platform
// beside the machine's own roots, whether or not the machine does.
func trustVariables(g ground) (cli.Variables, error) {
	bundle, err := g.trustBundle()
	if err != nil {
		return nil, err
	}
	file := g.cfg.Path("ca", "bundle.crt")
	if err := os.WriteFile(file, bundle, 0o644); err != nil {
		return nil, fmt.Errorf("bundle of certificate authorities: %w", err)
	}
	vars := cli.Variables{{Name: "NODE_EXTRA_CA_CERTS", Value: g.ca.CertFile}}
	for _, name := range []string{"CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "SSL_CERT_FILE"} {
		vars = append(vars, cli.Variable{Name: name, Value: file})
	}
	return vars, nil
}

// machineRoots is where Debian keeps the certificate authorities that it trusts.
const machineRoots = "/etc/ssl/certs/ca-certificates.crt"

// trustBundle is the machine's roots and the platform's own.
func (g ground) trustBundle() ([]byte, error) {
	roots, err := os.ReadFile(machineRoots)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("read the machine's certificate authorities: %w", err)
	}
	return append(append(roots, '\n'), g.ca.PEM...), nil
}

// writeDockerConfig makes a DOCKER_CONFIG directory with the registry's credential.
func writeDockerConfig(g ground) (string, error) {
	dir := g.cfg.Path("docker")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("docker configuration: %w", err)
	}
	auth := base64.StdEncoding.EncodeToString([]byte("admin:" + g.creds.ForgeToken.Reveal()))
	raw, err := json.MarshalIndent(map[string]any{
		"auths": map[string]any{g.cfg.Authority("registry"): map[string]string{"auth": auth}},
	}, "", "  ")
	if err != nil {
		return "", fmt.Errorf("docker configuration: %w", err)
	}
	return dir, os.WriteFile(filepath.Join(dir, "config.json"), raw, 0o600)
}
