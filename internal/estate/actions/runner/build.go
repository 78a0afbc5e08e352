package runner

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/docker/cli/cli/config"
	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/session"
	"github.com/moby/buildkit/session/auth/authprovider"
	"github.com/moby/buildkit/util/progress/progressui"
	"github.com/tonistiigi/fsutil"
	"golang.org/x/sync/errgroup"
)

// buildPush is docker/build-push-action through BuildKit's own client.
func buildPush(ctx context.Context, s *step) error {
	c, err := s.builder(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }() // the solve has ended
	var response *client.SolveResponse
	err = s.persist(ctx, func() (string, error) {
		opt, err := s.solveOptions() // its session serves one solve
		if err != nil {
			return "", err
		}
		if response, err = s.solve(ctx, c, opt); err != nil {
			return err.Error(), fmt.Errorf("build: %w", err)
		}
		return "", nil
	})
	if err != nil {
		return err
	}
	return s.buildOutputs(response.ExporterResponse)
}

func (s *step) solve(ctx context.Context, c *client.Client, opt client.SolveOpt) (*client.SolveResponse, error) {
	reader, writer := io.Pipe()
	display, err := progressui.NewDisplay(writer, progressui.PlainMode)
	if err != nil {
		return nil, err
	}
	var response *client.SolveResponse
	status := make(chan *client.SolveStatus)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		response, err = c.Solve(ctx, nil, opt, status)
		return err
	})
	group.Go(func() error {
		_, err := display.UpdateFrom(context.WithoutCancel(ctx), status) // ends with the channel
		return errors.Join(err, writer.Close())
	})
	group.Go(func() error { return s.readLines(reader) })
	return response, group.Wait()
}

func (s *step) solveOptions() (client.SolveOpt, error) {
	dir, err := s.inside(first(s.with["context"], "."))
	if err != nil {
		return client.SolveOpt{}, err
	}
	file := filepath.Join(dir, "Dockerfile")
	if s.with["file"] != "" {
		if file, err = s.inside(s.with["file"]); err != nil {
			return client.SolveOpt{}, err
		}
	}
	contextFS, err := fsutil.NewFS(dir)
	if err != nil {
		return client.SolveOpt{}, fmt.Errorf("context: %w", err)
	}
	fileFS, err := fsutil.NewFS(filepath.Dir(file))
	if err != nil {
		return client.SolveOpt{}, fmt.Errorf("file: %w", err)
	}
	attrs, err := s.frontendAttrs(filepath.Base(file))
	if err != nil {
		return client.SolveOpt{}, err
	}
	auth, err := s.registryAuth()
	if err != nil {
		return client.SolveOpt{}, err
	}
	opt := client.SolveOpt{Frontend: "dockerfile.v0", FrontendAttrs: attrs, Session: []session.Attachable{auth},
		LocalMounts: map[string]fsutil.FS{"context": contextFS, "dockerfile": fileFS}}
	if s.with["push"] == "true" {
		opt.Exports = []client.ExportEntry{{Type: client.ExporterImage, Attrs: map[string]string{
			"name": strings.Join(list(s.with["tags"]), ","), "push": "true", "oci-mediatypes": "true"}}}
	}
	opt.CacheImports, opt.CacheExports = caches(s.with["cache-from"]), caches(s.with["cache-to"])
	return opt, nil
}

// inside resolves a path of the workspace; a remote context is refused.
func (s *step) inside(name string) (string, error) {
	if strings.Contains(name, "://") {
		return "", fmt.Errorf("%q: only a directory of the workspace can be built", name)
	}
	if filepath.IsAbs(name) {
		return filepath.Clean(name), nil
	}
	return filepath.Join(s.dirs.workspace, name), nil
}

func (s *step) frontendAttrs(file string) (map[string]string, error) {
	attrs := map[string]string{"filename": file}
	if platforms := list(s.with["platforms"]); len(platforms) > 0 {
		attrs["platform"] = strings.Join(platforms, ",")
	}
	if s.with["target"] != "" {
		attrs["target"] = s.with["target"]
	}
	if s.with["no-cache"] == "true" {
		attrs["no-cache"] = ""
	}
	for key, prefix := range map[string]string{"build-args": "build-arg:", "labels": "label:"} {
		for _, pair := range lines(s.with[key]) {
			name, value, ok := strings.Cut(pair, "=")
			if !ok {
				return nil, fmt.Errorf("%s: %q: want name=value", key, pair)
			}
			attrs[prefix+name] = value
		}
	}
	if p := s.with["provenance"]; p != "" && p != "false" {
		attrs["attest:provenance"] = strings.TrimPrefix(p, "true")
	}
	if s.with["sbom"] == "true" {
		s.log("##[warning]sbom is left out: its scanner image cannot be pulled here")
	}
	return attrs, nil
}

// registryAuth gives BuildKit the credentials of docker/login-action.
func (s *step) registryAuth() (session.Attachable, error) {
	file, err := config.Load(first(s.env["DOCKER_CONFIG"], s.dockerDir()))
	if err != nil {
		return nil, fmt.Errorf("docker configuration: %w", err)
	}
	tls := map[string]*authprovider.AuthTLSConfig{}
	hosts := list(s.with["tags"])
	for host := range file.AuthConfigs {
		hosts = append(hosts, host)
	}
	for _, name := range hosts {
		host, _, _ := strings.Cut(name, "/")
		tls[host] = &authprovider.AuthTLSConfig{RootCAs: []string{s.dirs.bundle}}
	}
	return authprovider.NewDockerAuthProvider(authprovider.DockerAuthProviderConfig{
		AuthConfigProvider: authprovider.LoadAuthConfig(file), TLSConfigs: tls,
		ExpireCachedAuth: func(time.Time, string) bool { return false },
	}), nil
}

// caches leaves GitHub's own cache out: BuildKit keeps its cache between
// builds by itself.
func caches(text string) []client.CacheOptionsEntry {
	var entries []client.CacheOptionsEntry
	for _, line := range lines(text) {
		entry := client.CacheOptionsEntry{Type: "registry", Attrs: map[string]string{}}
		for pair := range strings.SplitSeq(line, ",") {
			key, value, ok := strings.Cut(strings.TrimSpace(pair), "=")
			switch {
			case !ok:
				entry.Attrs["ref"] = key
			case key == "type":
				entry.Type = value
			default:
				entry.Attrs[key] = value
			}
		}
		if entry.Type != "gha" {
			entries = append(entries, entry)
		}
	}
	return entries
}

func (s *step) buildOutputs(response map[string]string) error {
	metadata := map[string]any{}
	for key, value := range response {
		metadata[key] = value
		if raw, err := base64.StdEncoding.DecodeString(value); err == nil && json.Valid(raw) {
			metadata[key] = json.RawMessage(raw)
		}
	}
	text, err := json.Marshal(metadata)
	if err != nil {
		return fmt.Errorf("metadata: %w", err)
	}
	s.outputs["digest"] = response["containerimage.digest"]
	s.outputs["imageid"] = first(response["containerimage.config.digest"], response["containerimage.digest"])
	s.outputs["metadata"] = string(text)
	s.log("digest " + s.outputs["digest"])
	return nil
}

// lines splits an input that holds one value per line.
func lines(text string) []string {
	var values []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			values = append(values, line)
		}
	}
	return values
}

// list splits an input of lines or comma-separated values.
func list(text string) []string { return lines(strings.ReplaceAll(text, ",", "\n")) }
