package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/pronto-platform/pronto/test/platform"
)

// floor is what is left of a delivery when somebody does by hand, without a
// pause, what must be done in any case: build, push, apply, wait.
type floor struct {
	p          *platform.Platform
	dir        string // a copy of the application's work tree under its own name
	name       string // namespace, objects and host
	repository string // image repository, which is there already
}

// newFloor copies the work tree of app and gives everything in it another name.
func newFloor(p *platform.Platform, work, app, dir, name string) (*floor, error) {
	f := &floor{p: p, dir: dir, name: name, repository: platform.Authority("registry") + "/idp-" + app}
	word := regexp.MustCompile(`\b` + regexp.QuoteMeta(app) + `\b`)
	return f, filepath.WalkDir(work, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(work, path)
		if err != nil {
			return err
		}
		if relative == ".git" {
			return fs.SkipDir
		}
		target := filepath.Join(dir, relative)
		if d.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, word.ReplaceAll(text, []byte(name)), 0o644)
	})
}

// deliver builds and applies what is in the directory and returns when the
// address answers from the revision; build is the part that buildctl took.
func (f *floor) deliver(ctx context.Context, revision string) (whole, build time.Duration, err error) {
	began := time.Now()
	digest, err := f.build(ctx, revision)
	if err != nil {
		return 0, 0, fmt.Errorf("floor: build: %w", err)
	}
	build = time.Since(began)
	if err := f.apply(ctx, digest); err != nil {
		return 0, 0, fmt.Errorf("floor: apply: %w", err)
	}
	if _, err := f.p.Kubectl(ctx, "rollout", "status", "-n", f.name, "deploy/"+f.name); err != nil {
		return 0, 0, fmt.Errorf("floor: rollout: %w", err)
	}
	err = f.answers(ctx, revision)
	return time.Since(began), build, err
}

func (f *floor) build(ctx context.Context, revision string) (digest string, err error) {
	metadata := filepath.Join(f.dir, "..", f.name+".metadata.json")
	credentials := f.p.Path("node", "buildkit")
	_, err = f.p.ToolWithNames(ctx, f.p.Env["DOCKER_CONFIG"], "buildctl",
		"--addr", "tcp://"+platform.NodeIP+":1234",
		"--tlscacert", filepath.Join(credentials, "ca.pem"),
		"--tlscert", filepath.Join(credentials, "client.pem"), "--tlskey", filepath.Join(credentials, "client-key.pem"),
		"build", "--frontend", "dockerfile.v0", "--local", "context="+f.dir, "--local", "dockerfile="+f.dir,
		"--opt", "build-arg:REVISION="+revision, "--metadata-file", metadata, "--progress", "plain",
		"--output", "type=image,push=true,name="+f.repository+":"+f.name)
	if err != nil {
		return "", err
	}
	raw, err := os.ReadFile(metadata)
	if err != nil {
		return "", err
	}
	var built map[string]any
	if err := json.Unmarshal(raw, &built); err != nil {
		return "", err
	}
	digest, ok := built["containerimage.digest"].(string)
	if !ok {
		return "", fmt.Errorf("no digest in %s", raw)
	}
	return digest, nil
}

var imageLine = regexp.MustCompile(`(?m)^( *image: ).*$`)

// apply writes the image as the pipeline does, and applies all of deploy/ with
// one kubectl, the namespace before what is in it.
func (f *floor) apply(ctx context.Context, digest string) error {
	deployment := filepath.Join(f.dir, "deploy", "deployment.yaml")
	text, err := os.ReadFile(deployment)
	if err != nil {
		return err
	}
	text = imageLine.ReplaceAll(text, []byte("${1}"+f.repository+"@"+digest))
	if err := os.WriteFile(deployment, text, 0o644); err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(f.dir, "deploy", "*.yaml"))
	if err != nil {
		return err
	}
	args := []string{"apply", "-f", filepath.Join(f.dir, "deploy", "namespace.yaml")}
	for _, file := range files {
		if filepath.Base(file) != "namespace.yaml" {
			args = append(args, "-f", file)
		}
	}
	_, err = f.p.Kubectl(ctx, args...)
	return err
}

// askInterval is between two questions to an address that does not answer yet.
const askInterval = 20 * time.Millisecond

func (f *floor) answers(ctx context.Context, revision string) error {
	tick := time.NewTicker(askInterval)
	defer tick.Stop()
	for {
		err := f.ask(ctx, revision)
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("floor: answer: %w (last: %w)", ctx.Err(), err)
		}
	}
}

func (f *floor) ask(ctx context.Context, revision string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, f.p.URL(f.name), nil)
	if err != nil {
		return err
	}
	res, err := f.p.HTTP.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return err
	}
	if got := res.Header.Get("X-Revision"); res.StatusCode != http.StatusOK || got != revision {
		return fmt.Errorf("%s from revision %q", res.Status, got)
	}
	return nil
}

// remove takes the namespace away and waits, so that the next round has the machine for itself.
func (f *floor) remove(ctx context.Context) error {
	_, err := f.p.Kubectl(ctx, "delete", "namespace", f.name, "--ignore-not-found")
	return err
}

// edit changes one line of the server, as a person does, in a work tree.
func edit(work, message string) error {
	path := filepath.Join(work, "src", "server.js")
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	changed := messageLine.ReplaceAllString(string(text), "message: `"+message+"`")
	if changed == string(text) || !strings.Contains(changed, message) {
		return fmt.Errorf("%s has no message to change", path)
	}
	return os.WriteFile(path, []byte(changed), 0o644)
}

var messageLine = regexp.MustCompile("message: `[^`]*`")
