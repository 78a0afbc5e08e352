// Package cause says in one sentence why a phase of a delivery failed or does
// not go on, and what to do about it. It is pure: facts that were observed go
// in, a Cause comes out. Each cause is one small rule of a table; the rules
// follow what Argo CD, BuildKit, git, Kubernetes and the edge say word for word.
package cause

import "strings"

// Cause is why a phase failed or does not go on.
type Cause struct {
	Code     string   `json:"code"`
	Phase    string   `json:"phase"`
	Sentence string   `json:"sentence"`
	Remedy   string   `json:"remedy"`          // what to do
	Lines    []string `json:"lines,omitempty"` // that decide, as the systems said them
	Facts    []string `json:"facts,omitempty"` // all that is known, where the cause is not
}

// The codes, which programs may rely on.
const (
	Unknown          = "unknown"
	TaskFailed       = "task_failed"
	TestFails        = "test_fails"
	DockerfileError  = "dockerfile_error"
	BaseImageMissing = "base_image_missing"
	PushRefused      = "push_refused"
	RegistryFull     = "registry_full"
	NoRunner         = "no_runner"
	RunnerLost       = "runner_lost"
	NoRun            = "no_run"
	WorkflowInvalid  = "workflow_invalid"
	ProtectedBranch  = "protected_branch"
	RunCancelled     = "run_cancelled"
	RunTooLong       = "run_too_long"
	StepFailed       = "step_failed"
	NotDelivered     = "not_delivered"
	ManifestsInvalid = "manifests_invalid"
	NotPermitted     = "not_permitted"
	SharedResource   = "shared_resource"
	QuotaExceeded    = "quota_exceeded"
	PodSecurity      = "pod_security"
	NoArchitecture   = "no_architecture"
	NoRoom           = "no_room"
	ImagePull        = "image_pull"
	ConfigMissing    = "config_missing"
	OutOfMemory      = "out_of_memory"
	Crash            = "crash"
	WrongPort        = "wrong_port"
	ProbeFails       = "probe_fails"
	RecordNotOwned   = "record_not_owned"
	RecordElsewhere  = "record_elsewhere"
	HostTaken        = "host_taken"
	HostRefused      = "host_refused"
	Certificate      = "certificate"
	ServerError      = "server_error"
	NoAnswer         = "no_answer"
)

// The names of a delivery's phases.
const (
	create = "create"
	build  = "build"
	sync   = "sync"
	expose = "expose"
	live   = "live"
)

// finding is what a rule found.
type finding struct {
	sentence, remedy string
	lines            []string
}

// rule recognises one cause in one phase.
type rule struct {
	phase, code string
	look        func(Facts) *finding
}

// Explain finds the cause for which a phase failed or does not go on. It is nil
// for a phase that merely takes its time, and never for one that failed: where
// no rule applies, the cause is Unknown with the raw facts.
func Explain(f Facts) *Cause {
	for _, r := range rules {
		if r.phase != f.Phase {
			continue
		}
		if found := r.look(f); found != nil {
			remedy := found.remedy
			if mend, comforts := strings.CutSuffix(remedy, again); comforts && !f.Live {
				remedy = mend + first
			}
			return &Cause{Code: r.code, Phase: f.Phase, Sentence: found.sentence, Remedy: remedy, Lines: found.lines}
		}
	}
	if !f.Failed {
		return nil
	}
	return &Cause{Code: Unknown, Phase: f.Phase,
		Sentence: "The " + f.Phase + " failed for a reason that is not known here; what was observed stands below.",
		Remedy:   "Read the facts; when you know what it was, tell the maintainers of the platform, so that it is recognised next time.",
		Facts:    raw(f)}
}

// rules is every cause that is recognised; in each phase the first that applies wins.
var rules = append(append(append([]rule{{create, TaskFailed, taskFailed}}, buildRules...), syncRules...), addressRules...)

func taskFailed(f Facts) *finding {
	if !f.Failed || f.Reason == "" {
		return nil
	}
	return &finding{"The task that makes the application failed.",
		"Open the task, mend what it names and retry it; what it made so far is listed there and can be taken back.", []string{f.Reason}}
}
