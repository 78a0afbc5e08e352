package cause

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

const (
	completed = "completed"
	// queueGrace is how long a run may wait for a runner before that is a cause.
	queueGrace = 20 * time.Second
	again      = " and push; the old version stays live until then."
	// first ends a remedy in its place where no version is live yet.
	first = " and push."
)

// buildRules begin with what the builder says in so many words, because a test
// may be a stage of the Dockerfile.
var buildRules = []rule{
	{build, NoRunner, noRunner},
	{build, NoRun, noRun},
	{build, WorkflowInvalid, workflowInvalid},
	{build, RunCancelled, concluded("cancelled", "The workflow run was cancelled.", "Run it again: `pronto logs NAME --build` shows how far it came; the portal's run has a button for it.")},
	{build, RunTooLong, concluded("timed_out", "The workflow run was stopped because it took longer than its timeout.", "Make the step faster, or raise timeout-minutes in .github/workflows"+again)},
	{build, RunnerLost, inLog(`##\[error\](the runner was lost|the runner ended without a result.*|the job's pod (?:was deleted|failed).*)`,
		"The runner was lost while it worked: ${1}.", "Run the workflow again; if it happens again, look at the node's memory and disk with `pronto status`.")},
	{build, NoRunner, inLog(`##\[error\]the job's pod cannot start: (.*)`,
		"No runner can start: ${1}.", "An administrator must mend the runners; see `pronto status`, then run the workflow again.")},
	{build, ProtectedBranch, inLog(`GH006|GH013|[Pp]rotected branch`,
		"The protected branch refuses the commit that writes the image into deploy/.",
		"Allow github-actions[bot] to bypass the branch's protection, or let the workflow open a pull request, then run the workflow again.")},
	{build, RegistryFull, inLog(`no space left on device|507 Insufficient Storage|insufficient storage|413 Request Entity Too Large|(?i)storage quota`,
		"The registry has no room for the image.", "Delete images that are not needed, or ask an administrator for more room, then run the workflow again.")},
	{build, BaseImageMissing, inLog(`failed to resolve source metadata for ([^\s:]+(?::\d+/[^\s:]+)?(?::[^\s:]+)?(?:@sha256:\w+)?): `,
		"The base image ${1} does not exist or may not be pulled.", "Correct the FROM line of the Dockerfile"+again)},
	{build, PushRefused, inLog(`failed to push (\S+?): `,
		"The registry refuses the image ${1}.", "Push to the repository that .github/pipeline.env names, and leave `packages: write` in the workflow's permissions; see the last line.")},
	{build, PushRefused, inLog(`failed to authorize: .*(denied|403|401|insufficient_scope)`,
		"The registry refuses the image: ${1}.", "Push to the repository that .github/pipeline.env names, and leave `packages: write` in the workflow's permissions.")},
	{build, DockerfileError, inLog(`[Dd]ockerfile parse error on line (\d+): (.*)`,
		"The Dockerfile is not valid at line ${1}: ${2}.", "Correct that line"+again)},
	{build, DockerfileError, inLog(`failed to (?:compute cache key|calculate checksum).*?: ("[^"]+"): not found`,
		"The Dockerfile copies ${1}, which is not in the repository.", "Add the file, or correct the COPY line or .dockerignore"+again)},
	{build, DockerfileError, inLog(`failed to read dockerfile: (.*)`,
		"The Dockerfile cannot be read: ${1}.", "Put a Dockerfile where the workflow builds from"+again)},
	{build, TestFails, testFails},
	{build, DockerfileError, inLog(`process "(.+)" did not complete successfully: (exit code: \d+|.*)`,
		"The Dockerfile's command `${1}` failed (${2}).", "Mend the command or what it works on (`docker build .` shows the same)"+again)},
	{build, DockerfileError, inLog(`failed to solve: (.*)`,
		"The image cannot be built: ${1}.", "Correct the Dockerfile"+again)},
	{build, StepFailed, stepFailed},
	{build, NotDelivered, notDelivered},
}

func noRunner(f Facts) *finding {
	if r := f.Run; r == nil || r.Status != "queued" || r.QueuedAt.IsZero() || f.Now.Sub(r.QueuedAt) < queueGrace {
		return nil
	}
	return &finding{"No runner is free for the workflow run.",
		"It begins as soon as one is; other runs may hold them all. If none runs, `runs-on` names a label that no runner has, or the runners are down: see `pronto status`.", nil}
}

// noRun follows the phase's own words, which wait for a run long enough.
func noRun(f Facts) *finding {
	if f.Run != nil || !strings.HasPrefix(f.Reason, "no workflow run has started") {
		return nil
	}
	return &finding{"No workflow run has started for this commit.",
		"Let a workflow in .github/workflows run on a push to the default branch; the commit's message must not hold [skip ci].", nil}
}

func workflowInvalid(f Facts) *finding {
	r := f.Run
	if r == nil || !f.Failed || r.Conclusion != "startup_failure" {
		return nil
	}
	sentence := "The workflow is not valid, so no job could start."
	if len(r.Lines) > 0 {
		sentence = "The workflow is not valid: " + strings.TrimSuffix(r.Lines[0], ".") + "."
	}
	return &finding{sentence, "Correct the file in .github/workflows" + again, r.Lines}
}

func concluded(conclusion, sentence, remedy string) func(Facts) *finding {
	return func(f Facts) *finding {
		if f.Run == nil || f.Run.Status != completed || f.Run.Conclusion != conclusion {
			return nil
		}
		return &finding{sentence, remedy, f.Run.Lines}
	}
}

var (
	testStep   = regexp.MustCompile(`(?i)\btests?\b`)
	failedTest = regexp.MustCompile(`(?:\bnot ok \d+ - |--- FAIL: |\bFAILED |✖ )(.+?)(?: \(\d[^)]*\)| - .*)?$`)
)

func testFails(f Facts) *finding {
	r := f.Run
	if r == nil || r.Status != completed || r.Conclusion != "failure" || !testStep.MatchString(r.Step) {
		return nil
	}
	sentence := fmt.Sprintf("Step %q failed: the tests do not pass.", r.Step)
	for _, line := range r.Lines {
		if match := failedTest.FindStringSubmatch(line); match != nil && !strings.HasPrefix(match[1], "failing tests") {
			sentence = fmt.Sprintf("The test %q fails.", match[1])
			break
		}
	}
	return &finding{sentence, "Mend the code or the test" + again, r.Lines}
}

func stepFailed(f Facts) *finding {
	r := f.Run
	if r == nil || r.Status != completed || r.Conclusion != "failure" || r.Step == "" || len(r.Lines) == 0 {
		return nil
	}
	sentence := fmt.Sprintf("Step %q of job %q failed", r.Step, r.Job)
	if r.ExitCode != "" {
		sentence += " with exit code " + r.ExitCode
	}
	return &finding{sentence + ".", "Mend what the last lines of its log name" + again, r.Lines}
}

// notDelivered is a run that went well and left nothing to deploy.
func notDelivered(f Facts) *finding {
	if !f.Failed || f.Run == nil || f.Run.Conclusion != "success" {
		return nil
	}
	return &finding{"The workflow run succeeded, but it did not deliver: " + strings.TrimPrefix(f.Reason, "the workflow run succeeded but ") + ".",
		"Let the workflow push the image with the commit's tag and write its digest into deploy/deployment.yaml, as the golden path's does" + again, nil}
}
