package runner

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/moby/buildkit/client"
)

// dockerHub is the key of Docker Hub's credentials in config.json.
const dockerHub = "https://index.docker.io/v1/"

type dockerConfig struct {
	Auths map[string]dockerAuth `json:"auths"`
}

type dockerAuth struct {
	Auth string `json:"auth"`
}

func (j *job) dockerDir() string { return filepath.Join(j.dirs.temp, "docker") }

// dockerLogin is docker/login-action: it writes config.json and names its
// directory to the steps that follow by DOCKER_CONFIG.
func dockerLogin(_ context.Context, s *step) error {
	user, password := s.with["username"], s.with["password"]
	if user == "" || password == "" {
		return errors.New("username and password are needed")
	}
	s.mask.Add(password)
	name := filepath.Join(s.dockerDir(), "config.json")
	cfg, err := readDockerConfig(name)
	if err != nil {
		return err
	}
	registry := strings.TrimSuffix(strings.TrimPrefix(s.with["registry"], "https://"), "/")
	cfg.Auths[first(registry, dockerHub)] = dockerAuth{base64.StdEncoding.EncodeToString([]byte(user + ":" + password))}
	text, err := json.Marshal(cfg)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(s.dockerDir(), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(name, text, 0o600); err != nil {
		return err
	}
	s.states["DOCKER_CONFIG"] = s.dockerDir()
	s.log("Credentials for " + first(registry, "Docker Hub") + " are kept for this job")
	return nil
}

func readDockerConfig(name string) (dockerConfig, error) {
	cfg := dockerConfig{Auths: map[string]dockerAuth{}}
	text, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		return cfg, nil
	}
	if err != nil {
		return cfg, err
	}
	if err := json.Unmarshal(text, &cfg); err != nil {
		return cfg, fmt.Errorf("%s: %w", name, err)
	}
	if cfg.Auths == nil {
		cfg.Auths = map[string]dockerAuth{}
	}
	return cfg, nil
}

// setupBuildx is docker/setup-buildx-action: the builder is there already, so
// it is only asked whether it answers.
func setupBuildx(ctx context.Context, s *step) error {
	c, err := s.builder(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }() // nothing is in flight
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	workers, err := c.ListWorkers(ctx)
	if err != nil {
		return fmt.Errorf("the builder at %s does not answer: %w", s.assignment.BuildKit.Address, err)
	}
	for _, worker := range workers {
		for _, platform := range worker.Platforms {
			s.log("platform " + platform.OS + "/" + platform.Architecture)
		}
	}
	s.outputs["driver"], s.outputs["name"] = "remote", "pronto"
	return nil
}

// builder connects with the mutual TLS of the assignment.
func (j *job) builder(ctx context.Context) (*client.Client, error) {
	b := j.assignment.BuildKit
	if b == nil {
		return nil, errors.New("this platform has no image builder")
	}
	if b.CA == "" {
		return client.New(ctx, b.Address)
	}
	dir := filepath.Join(j.dirs.temp, "buildkit")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	names := map[string]string{"ca.pem": b.CA, "client.pem": b.Cert, "client-key.pem": b.Key}
	for name, text := range names {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	return client.New(ctx, b.Address,
		client.WithServerConfig("", filepath.Join(dir, "ca.pem")),
		client.WithCredentials(filepath.Join(dir, "client.pem"), filepath.Join(dir, "client-key.pem")))
}
