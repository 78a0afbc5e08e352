package render

import (
	"bytes"
	"embed"
	"encoding/base64"
	"fmt"
	"strconv"
	"text/template"

	"github.com/pronto-platform/pronto/node/internal/nodeconf"
	"github.com/pronto-platform/pronto/node/internal/pki"
)

//go:embed *.toml.tmpl
var templates embed.FS

// values is what the templates see.
type values struct {
	nodeconf.Config
	ContainerdSocket string
	BuildkitAddress  string
	CNIConfigDir     string
	CNIConfigFile    string
	RegistryConfig   string
	BuildkitCert     string
	BuildkitKey      string
	BuildkitCA       string
	BasicCredential  string
}

func tomlFiles(cfg nodeconf.Config) ([]File, error) {
	wanted := map[string]string{
		"config/containerd.toml": "containerd.toml.tmpl",
		"config/buildkitd.toml":  "buildkitd.toml.tmpl",
	}
	if cfg.Registry.Host != "" {
		wanted["config/registries/"+cfg.Registry.Host+"/hosts.toml"] = "hosts.toml.tmpl"
	}
	parsed, err := template.New("").Funcs(template.FuncMap{"quote": strconv.Quote}).ParseFS(templates, "*.tmpl")
	if err != nil {
		return nil, err
	}
	var files []File
	for path, name := range wanted {
		var body bytes.Buffer
		if err := parsed.ExecuteTemplate(&body, name, templateValues(cfg)); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		files = append(files, File{path, body.Bytes()})
	}
	return files, nil
}

func templateValues(cfg nodeconf.Config) values {
	credential := ""
	if cfg.Registry.Password != "" {
		credential = base64.StdEncoding.EncodeToString([]byte(cfg.Registry.User + ":" + cfg.Registry.Password))
	}
	return values{
		Config:           cfg,
		ContainerdSocket: nodeconf.ContainerdSocket,
		BuildkitAddress:  fmt.Sprintf("tcp://%s:%d", cfg.NodeIP, nodeconf.BuildkitPort),
		CNIConfigDir:     cfg.Path("cni"),
		CNIConfigFile:    cfg.Path("cni", "10-pronto.conflist"),
		RegistryConfig:   cfg.Path("config", "registries"),
		BuildkitCert:     cert(cfg, pki.BuildkitServer),
		BuildkitKey:      key(cfg, pki.BuildkitServer),
		BuildkitCA:       cert(cfg, pki.BuildkitCA),
		BasicCredential:  credential,
	}
}
