package chaos

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pronto-platform/pronto/test/platform"
)

// settleLimit is how long what was done may take to show everywhere.
const settleLimit = 20 * time.Second

// checkLive checks from outside that everything is there, once.
func (l *Lane) checkLive(ctx context.Context) error {
	return l.checkAll(ctx, map[string]func(context.Context) error{
		"commits": l.checkCommits, "runs": l.checkRuns, "deliveries": l.checkDeliveries, "image": l.checkImage,
		"Application": l.checkApplication, "catalog": l.checkEntity, "task": l.checkTasks, "answer": l.checkAnswer,
	})
}

// checkGone checks from outside that nothing is there any more.
func (l *Lane) checkGone(ctx context.Context) error {
	return l.checkAll(ctx, map[string]func(context.Context) error{
		"repository": l.gone(func(ctx context.Context) error { return l.forge(ctx, "repos/apps/idp-"+l.Name, nil) }),
		"portal":     l.gone(func(ctx context.Context) error { return l.portal(ctx, "/api/pronto/v1/apps/"+l.Name, nil) }),
		"catalog": l.gone(func(ctx context.Context) error {
			return l.portal(ctx, "/api/catalog/entities/by-name/component/default/idp-"+l.Name, nil)
		}),
		"namespace":   l.noObject("namespace", l.Name),
		"Application": l.noObject("application", "idp-"+l.Name, "-n", "argocd"),
		"image": func(ctx context.Context) error {
			out, err := l.p.Crane(ctx, l.p.Env["DOCKER_CONFIG"], "ls", l.repository())
			if err == nil && out != "" {
				return fmt.Errorf("crane lists %s", out)
			}
			return nil // the registry knows no such repository
		},
		"files": l.noFiles,
	})
}

func (l *Lane) checkAll(ctx context.Context, checks map[string]func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, settleLimit)
	defer cancel()
	found := make(chan error, len(checks))
	for what, check := range checks {
		go func() { found <- platform.Eventually(ctx, what, check) }()
	}
	var errs []error
	for range checks {
		errs = append(errs, <-found)
	}
	return errors.Join(errs...)
}

func (l *Lane) gone(ask func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		switch err := ask(ctx); {
		case errors.Is(err, errMissing):
			return nil
		case err != nil:
			return err
		}
		return errors.New("it is still there")
	}
}

func (l *Lane) noObject(args ...string) func(context.Context) error {
	return func(ctx context.Context) error {
		out, err := l.p.Kubectl(ctx, append([]string{"get"}, args...)...)
		if err == nil {
			return fmt.Errorf("kubectl finds %s", out)
		}
		if !strings.Contains(err.Error(), "NotFound") {
			return err
		}
		return nil
	}
}

// noFiles looks for what nobody outside could see: directories of the
// repository and of its images.
func (l *Lane) noFiles(context.Context) error {
	return errors.Join(none(filepath.Join(l.p.State, "forge", "repos", "*", "idp-"+l.Name+".git")),
		none(filepath.Join(l.p.State, "registry", "images", "idp-"+l.Name, "blobs", "*", "*")))
}

func none(pattern string) error {
	found, err := filepath.Glob(pattern)
	if err == nil && len(found) > 0 {
		err = fmt.Errorf("left are %v", found)
	}
	return err
}

func (l *Lane) checkCommits(ctx context.Context) error {
	list, err := l.commits(ctx)
	return count("commits", len(list), l.want.commits, err)
}

func count(what string, got, want int, err error) error {
	if err == nil && got != want {
		err = fmt.Errorf("%d %s, want %d", got, what, want)
	}
	return err
}

func (l *Lane) checkRuns(ctx context.Context) error {
	var list struct {
		Runs []struct {
			ID         int64
			Status     string
			Conclusion string
			Attempt    int `json:"run_attempt"`
		} `json:"workflow_runs"`
	}
	if err := l.forge(ctx, "repos/apps/idp-"+l.Name+"/actions/runs?per_page=100", &list); err != nil {
		return err
	}
	for _, run := range list.Runs {
		if run.Status != "completed" || run.Conclusion != "success" || run.Attempt != 1 {
			return fmt.Errorf("run %d is %s %s in attempt %d", run.ID, run.Status, run.Conclusion, run.Attempt)
		}
	}
	return count("runs", len(list.Runs), l.want.runs, nil)
}

func (l *Lane) checkDeliveries(ctx context.Context) error {
	var list struct {
		Deliveries []struct{ ID, Status, Reason, Revision string }
	}
	if err := l.portal(ctx, "/api/pronto/v1/apps/"+l.Name+"/deliveries", &list); err != nil {
		return err
	}
	for _, d := range list.Deliveries {
		if d.Status != "live" {
			return fmt.Errorf("delivery of %s is %s: %s", d.Revision, d.Status, d.Reason)
		}
	}
	return count("deliveries", len(list.Deliveries), l.want.deliveries, nil)
}

func (l *Lane) repository() string {
	return "registry." + platform.Domain + ":" + platform.HTTPSPort + "/idp-" + l.Name
}

func (l *Lane) checkImage(ctx context.Context) error {
	out, err := l.p.Crane(ctx, l.p.Env["DOCKER_CONFIG"], "ls", l.repository())
	tags := len(strings.Fields(out))
	return count("tags", tags, l.want.runs+1, err) // and latest
}

// checkApplication: synced at the branch's head, and no revision twice.
func (l *Lane) checkApplication(ctx context.Context) error {
	raw, err := l.p.Kubectl(ctx, "get", "application", "idp-"+l.Name, "-n", "argocd", "-o", "json")
	if err != nil {
		return err
	}
	var app struct {
		Status struct {
			Sync    struct{ Status, Revision string }
			Health  struct{ Status string }
			History []struct{ Revision string }
		}
	}
	if err := json.Unmarshal([]byte(raw), &app); err != nil {
		return err
	}
	commits, err := l.commits(ctx)
	if err != nil || len(commits) == 0 {
		return errors.Join(err, errors.New("no commits"))
	}
	if s := app.Status; s.Sync.Status != "Synced" || s.Health.Status != "Healthy" || s.Sync.Revision != commits[0] {
		return fmt.Errorf("it is %s and %s at %s, the branch at %s", s.Sync.Status, s.Health.Status, s.Sync.Revision, commits[0])
	}
	var synced []string
	for _, entry := range app.Status.History {
		if slices.Contains(synced, entry.Revision) {
			return fmt.Errorf("%s was synced twice: %v", entry.Revision, app.Status.History)
		}
		synced = append(synced, entry.Revision)
	}
	return nil
}

func (l *Lane) checkEntity(ctx context.Context) error {
	var entities []any
	filter := url.Values{"filter": {"kind=component,metadata.name=idp-" + l.Name}}
	err := l.portal(ctx, "/api/catalog/entities?"+filter.Encode(), &entities)
	return count("entries", len(entities), 1, err)
}

func (l *Lane) checkTasks(ctx context.Context) error {
	ids, err := l.tasks(ctx)
	if err := count("tasks", len(ids), 1, err); err != nil {
		return err
	}
	if _, err := os.Stat(l.p.Path("platform", "tasks", ids[0])); err == nil {
		return errors.New("its workspace is left")
	}
	return nil
}

func (l *Lane) checkAnswer(ctx context.Context) error {
	request, err := l.request(ctx, l.p.URL(l.Name), "")
	if err != nil {
		return err
	}
	response, err := l.p.HTTP.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if got := response.Header.Get("X-Revision"); response.StatusCode != http.StatusOK || got != l.answers {
		return fmt.Errorf("%s from %s, want %s", response.Status, got, l.answers)
	}
	return nil
}

func (l *Lane) forge(ctx context.Context, path string, out any) error {
	return l.get(ctx, l.p.Env["PRONTO_GIT"]+"/api/v3/"+path, l.p.Env["GH_ENTERPRISE_TOKEN"], out)
}

func (l *Lane) portal(ctx context.Context, path string, out any) error {
	return l.get(ctx, l.p.Env["PRONTO_URL"]+path, l.p.Env["PRONTO_TOKEN"], out)
}

func (l *Lane) request(ctx context.Context, address, token string) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err == nil && token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	return request, err
}

func (l *Lane) get(ctx context.Context, address, token string, out any) error {
	request, err := l.request(ctx, address, token)
	if err != nil {
		return err
	}
	response, err := l.p.HTTP.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err := errors.Join(err, status(response.StatusCode)); err != nil || out == nil {
		return err
	}
	return json.Unmarshal(raw, out)
}
