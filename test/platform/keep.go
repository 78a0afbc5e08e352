package platform

import (
	"context"
	"errors"
	"os"
	"path/filepath"
)

// Artifacts is where a suite leaves what is to be looked at afterwards.
func Artifacts(suite string) string {
	dir := os.Getenv("ARTIFACTS")
	if dir == "" {
		dir = filepath.Join(Root(), "artifacts")
	}
	return filepath.Join(dir, suite)
}

// Keep copies the platform's logs to dir, and writes down what it looks like now.
func (p *Platform) Keep(ctx context.Context, dir string) error {
	errs := []error{os.RemoveAll(dir), os.MkdirAll(dir, 0o755)}
	for _, logs := range []string{"log", filepath.Join("node", "log")} {
		if exists(p.Path(logs)) {
			errs = append(errs, os.CopyFS(filepath.Join(dir, logs), os.DirFS(p.Path(logs))))
		}
	}
	if raw, err := os.ReadFile(p.Path("node", "node.log")); err == nil {
		errs = append(errs, os.WriteFile(filepath.Join(dir, "node.log"), raw, 0o644))
	}
	for file, look := range map[string]func() (string, error){
		"status.txt":   func() (string, error) { return p.Run(ctx, "status") },
		"apps.json":    func() (string, error) { return p.Run(ctx, "apps", "-o", "json") },
		"pods.txt":     func() (string, error) { return p.Kubectl(ctx, "get", "pods,ingress,applications", "-A", "-o", "wide") },
		"events.txt":   func() (string, error) { return p.Kubectl(ctx, "get", "events", "-A", "--sort-by=.lastTimestamp") },
		"describe.txt": func() (string, error) { return p.Kubectl(ctx, "describe", "pods", "-A") },
	} {
		text, err := look()
		if err != nil {
			text += "\n" + err.Error() // it may be what is wrong
		}
		errs = append(errs, os.WriteFile(filepath.Join(dir, file), []byte(text+"\n"), 0o644))
	}
	return errors.Join(append(errs, p.keepBuilds(ctx, filepath.Join(dir, "builds")))...)
}

// keepBuilds writes down the latest workflow run's log of each application.
func (p *Platform) keepBuilds(ctx context.Context, dir string) error {
	if p.API == nil {
		return nil
	}
	apps, err := p.API.Apps(ctx)
	if err != nil {
		return nil //nolint:nilerr // the portal is away: the other logs say why
	}
	errs := []error{os.MkdirAll(dir, 0o755)}
	for _, app := range apps {
		text, err := p.Run(ctx, "logs", app.Name, "--build")
		if err != nil {
			text += "\n" + err.Error()
		}
		errs = append(errs, os.WriteFile(filepath.Join(dir, app.Name+".txt"), []byte(text+"\n"), 0o644))
	}
	return errors.Join(errs...)
}
