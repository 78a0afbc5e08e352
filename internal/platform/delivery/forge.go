package delivery

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/go-github/v74/github"

	"github.com/pronto-platform/pronto/internal/platform/scm"
)

// deployFile is where the platform's repositories name their image.
const deployFile = "deploy/deployment.yaml"

// forge reads the repositories of applications, and deletes them.
type forge struct {
	client *scm.Client
	names  Names
}

// gone reports whether the forge said positively that something is not there.
func gone(err error) bool { return errors.Is(err, scm.ErrNotFound) }

// head is the repository with its default branch's head; nil if there is no
// repository, and an empty Commit while it has none.
func (f forge) head(ctx context.Context, app string) (fact *RepositoryFact, branch string, err error) {
	owner, name := f.names.Organization, f.names.Repository(app)
	repository, err := f.client.Repository(ctx, owner, name)
	if gone(err) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	fact = &RepositoryFact{Name: repository.GetFullName(), URL: repository.GetHTMLURL()}
	branch = repository.GetDefaultBranch()
	if fact.Commit, err = f.client.Branch(ctx, owner, name, branch); err != nil && !gone(err) {
		return nil, "", err
	}
	return fact, branch, nil
}

var imageLine = regexp.MustCompile(`(?m)^\s*(?:-\s+)?image:\s*["']?[^\s"'@]+@(sha256:[0-9a-f]{64})`)

// deployed is the digest that deploy/deployment.yaml names at a commit; empty
// when it names none.
func (f forge) deployed(ctx context.Context, app, commit string) (digest string, err error) {
	text, err := f.client.File(ctx, f.names.Organization, f.names.Repository(app), deployFile, commit)
	if gone(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if match := imageLine.FindSubmatch(text); match != nil {
		return string(match[1]), nil
	}
	return "", nil
}

// lastPush is the newest commit of the default branch that a person or a form
// made; nil if there is none among the latest.
func (f forge) lastPush(ctx context.Context, app, branch string) (*PushFact, error) {
	commits, _, err := f.client.Repositories.ListCommits(ctx, f.names.Organization, f.names.Repository(app),
		&github.CommitsListOptions{SHA: branch, ListOptions: github.ListOptions{PerPage: 20}})
	if err != nil {
		return nil, fmt.Errorf("read commits of %s: %w", app, err)
	}
	for _, c := range commits {
		author := c.GetCommit().GetAuthor()
		if isBot(author.GetName()) || isBot(c.GetAuthor().GetLogin()) {
			continue
		}
		at := author.GetDate().Time
		push := pushFact(c.GetSHA(), c.GetCommit().GetMessage(), author.GetName(), at, at)
		return &push, nil
	}
	return nil, nil
}

// repositories are the applications that have a repository.
func (f forge) repositories(ctx context.Context) ([]string, error) {
	var apps []string
	options := &github.RepositoryListByOrgOptions{ListOptions: github.ListOptions{PerPage: 100}}
	for {
		page, response, err := f.client.Repositories.ListByOrg(ctx, f.names.Organization, options)
		if err != nil {
			return nil, fmt.Errorf("list repositories of %s: %w", f.names.Organization, err)
		}
		for _, repository := range page {
			if app, ok := f.names.app(f.names.Organization, repository.GetName()); ok {
				apps = append(apps, app)
			}
		}
		if response.NextPage == 0 {
			return apps, nil
		}
		options.Page = response.NextPage
	}
}

// remove deletes the repository and reports whether the forge says it is gone.
func (f forge) remove(ctx context.Context, app string) (bool, error) {
	owner, name := f.names.Organization, f.names.Repository(app)
	if err := f.client.DeleteRepository(ctx, owner, name); err != nil {
		return false, err
	}
	_, err := f.client.Repository(ctx, owner, name)
	if gone(err) {
		return true, nil
	}
	return false, err
}

// run is the newest workflow run that delivers a revision; nil if there is none.
func (f forge) run(ctx context.Context, app, revision string, by Origin) (*RunFact, error) {
	runs, err := f.client.Runs(ctx, f.names.Organization, f.names.Repository(app), revision)
	if err != nil && !gone(err) {
		return nil, err
	}
	i := slices.IndexFunc(runs, func(r *github.WorkflowRun) bool { return by.follows(runOf(r)) })
	if i < 0 {
		return nil, nil
	}
	fact := runOf(runs[i])
	return fact, f.jobs(ctx, app, revision, fact)
}

func runOf(r *github.WorkflowRun) *RunFact {
	fact := &RunFact{ID: r.GetID(), URL: r.GetHTMLURL(), Name: r.GetName(), Status: r.GetStatus(),
		Conclusion: r.GetConclusion(), StartedAt: r.GetRunStartedAt().Time, Attempt: r.GetRunAttempt(),
		Workflow: r.GetWorkflowID(), Dispatched: r.GetEvent() == dispatchEvent}
	if fact.Status == "completed" {
		fact.FinishedAt = r.GetUpdatedAt().Time
	}
	return fact
}

// jobs fills in which step runs, or which failed and why.
func (f forge) jobs(ctx context.Context, app, revision string, fact *RunFact) error {
	list, err := f.listJobs(ctx, app, fact.ID)
	if err != nil {
		return err
	}
	fact.takeJobs(list, time.Now())
	for _, job := range list {
		if step := currentStep(job); step != "" {
			fact.Current = step
		}
		if fact.Status == "completed" && bad(job.GetConclusion()) && fact.Failure == nil {
			if fact.Failure, err = f.failure(ctx, app, job); err != nil {
				return err
			}
		}
	}
	if fact.Status == "completed" && bad(fact.Conclusion) && fact.Failure == nil {
		fact.Failure, err = f.startFailure(ctx, app, revision) // it failed before any job did
	}
	return err
}

// startFailure is what the run's commit status says of a run that had no job: the
// workflow is not valid. The API of runs does not say it.
func (f forge) startFailure(ctx context.Context, app, revision string) (*RunFailure, error) {
	list, _, err := f.client.Repositories.ListStatuses(ctx, f.names.Organization, f.names.Repository(app), revision,
		&github.ListOptions{PerPage: 20})
	if err != nil && !isNotFound(err) {
		return nil, fmt.Errorf("read statuses of %s at %s: %w", app, revision, err)
	}
	failure := &RunFailure{}
	for _, s := range list {
		if text := s.GetDescription(); text != "" && s.GetContext() != StatusContext && bad(s.GetState()) && !slices.Contains(failure.Lines, text) {
			failure.Lines = append(failure.Lines, text)
		}
	}
	return failure, nil
}

func (f forge) listJobs(ctx context.Context, app string, run int64) ([]*github.WorkflowJob, error) {
	return f.client.Jobs(ctx, f.names.Organization, f.names.Repository(app), run)
}

func bad(conclusion string) bool {
	return conclusion == "failure" || conclusion == "timed_out" || conclusion == "cancelled" || conclusion == "startup_failure"
}

func currentStep(job *github.WorkflowJob) string {
	for _, step := range job.Steps {
		if step.GetStatus() == "in_progress" {
			return job.GetName() + " / " + step.GetName()
		}
	}
	return ""
}

func (f forge) failure(ctx context.Context, app string, job *github.WorkflowJob) (*RunFailure, error) {
	failure := &RunFailure{Job: job.GetName()}
	for _, step := range job.Steps {
		if bad(step.GetConclusion()) {
			failure.Step = step.GetName()
			break
		}
	}
	log, err := f.jobLog(ctx, app, job.GetID())
	if err != nil {
		return nil, err
	}
	failure.Lines, failure.ExitCode = decidingLines(log)
	return failure, nil
}

// maxLog bounds what is read of a job's log.
const maxLog = 8 << 20

// jobLog is a job's log; empty when the forge keeps none.
func (f forge) jobLog(ctx context.Context, app string, job int64) (string, error) {
	stream, err := f.client.JobLog(ctx, f.names.Organization, f.names.Repository(app), job)
	if gone(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer stream.Close()
	text, err := io.ReadAll(io.LimitReader(stream, maxLog))
	return string(text), err
}

var (
	exitCode = regexp.MustCompile(`(?i)exit code (\d+)`)
	logTime  = regexp.MustCompile(`^\d{4}-\d\d-\d\dT[0-9:.]+Z `)
)

const decidingSize = 20

// decidingLines are those of a log, up to the first error, that say why, without
// their times, and the exit code the error names.
func decidingLines(log string) (lines []string, code string) {
	for _, line := range strings.Split(log, "\n") {
		line = strings.TrimRight(logTime.ReplaceAllString(line, ""), "\r ")
		if line == "" {
			continue
		}
		lines = append(lines, line)
		if strings.Contains(line, "##[error]") || strings.Contains(line, "Process completed with exit code") {
			if match := exitCode.FindStringSubmatch(line); match != nil {
				code = match[1]
			}
			break
		}
	}
	return shortened(lines), code
}

var failedTest = regexp.MustCompile(`^\s*(not ok \d+ |--- FAIL: |FAILED |✖ )`)

// shortened are the last lines, and before them those about the first test that
// failed, where the last do not reach back to it.
func shortened(lines []string) []string {
	rest := len(lines) - decidingSize
	if rest <= 0 {
		return lines
	}
	first := slices.IndexFunc(lines, failedTest.MatchString)
	if first < 0 || first >= rest {
		return lines[rest:]
	}
	const half = decidingSize / 2
	return append(slices.Clone(lines[first:first+half]), lines[rest+half:]...)
}

func isBot(login string) bool { return strings.HasSuffix(login, "[bot]") }

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

var skipTrailer = regexp.MustCompile(`(?m)^skip-checks:\s*true\s*$`)

// skipsCI follows GitHub's list of words that keep workflows from starting.
func skipsCI(message string) bool {
	if skipTrailer.MatchString(message) {
		return true
	}
	for _, word := range []string{"[skip ci]", "[ci skip]", "[no ci]", "[skip actions]", "[actions skip]"} {
		if strings.Contains(message, word) {
			return true
		}
	}
	return false
}
