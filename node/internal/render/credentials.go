package render

import (
	"fmt"
	"os"

	"github.com/pronto-platform/pronto/node/internal/nodeconf"
	"github.com/pronto-platform/pronto/node/internal/pki"
)

// BuildkitCredentials are what a client of the builder needs, at the paths the
// host reads them from.
func BuildkitCredentials(cfg nodeconf.Config) ([]File, error) {
	var files []File
	for path, source := range map[string]string{
		"buildkit/ca.pem":         cert(cfg, pki.BuildkitCA),
		"buildkit/client.pem":     cert(cfg, pki.BuildkitClient),
		"buildkit/client-key.pem": key(cfg, pki.BuildkitClient),
	} {
		body, err := os.ReadFile(source)
		if err != nil {
			return nil, fmt.Errorf("credentials of the builder: %w", err)
		}
		files = append(files, File{path, body})
	}
	return files, nil
}

func cert(cfg nodeconf.Config, name string) string { return cfg.Path("pki", name+".crt") }
func key(cfg nodeconf.Config, name string) string  { return cfg.Path("pki", name+".key") }
