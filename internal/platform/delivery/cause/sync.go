package cause

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pronto-platform/pronto/internal/base/outage"
)

// probeGrace is how long a container may take to answer its probe before that is a cause.
const probeGrace = 8 * time.Second

var syncRules = []rule{
	{sync, PodSecurity, in(applied, `violates PodSecurity "([^"]+)": (.*)`,
		"The cluster refuses the pods, because they break the namespace's pod security level ${1}: ${2}.",
		"Take what is named there out of deploy/deployment.yaml"+again)},
	{sync, QuotaExceeded, in(applied, `exceeded quota: ([^,]+), requested: (.*), used: (.*), limited: (.*?)(?:$|\s*\()`,
		"The namespace's quota ${1} is used up: ${2} is asked for, ${3} is in use, ${4} is allowed.",
		"Ask for less in deploy/ (replicas, resources), or have an administrator raise the quota"+again)},
	{sync, QuotaExceeded, in(applied, `failed quota: ([^:]+): must specify (.*)`,
		"The namespace's quota ${1} wants every container to name its ${2}.", "Name them under resources in deploy/deployment.yaml"+again)},
	{sync, NotPermitted, in(applied, `(resource|namespace|application repo) (\S+) is not permitted in project '?([\w-]+)'?`,
		"The project ${3} does not permit the ${1} ${2}.", "Take it out of deploy/, or have an administrator permit it in the AppProject ${3}"+again)},
	{sync, NotPermitted, in(applied, `is forbidden: (User "[^"]+" cannot .*)`,
		"The cluster does not permit it: ${1}.", "Take the resource out of deploy/, or have an administrator permit it"+again)},
	{sync, SharedResource, in(applied, `(\S+) is part of applications (\S+) and (\S+)`,
		"${1} belongs to the application ${3} already.", "Give it a name of its own, or a namespace of its own, in deploy/"+again)},
	{sync, ManifestsInvalid, in(applied, `Failed to unmarshal "([^"]+)": (.*)`,
		"The manifest ${1} cannot be read: ${2}.", "Correct the file in deploy/ (`kubectl apply --dry-run=client -f deploy/` says the same)"+again)},
	{sync, ManifestsInvalid, in(applied, `(app path does not exist|kustomize build .*|Failed to load target state: .*|has no metadata\.name|has no apiVersion or kind)`,
		"The manifests cannot be read: ${1}.", "Correct the files in deploy/"+again)},
	{sync, ManifestsInvalid, in(applied, `(no matches for kind "[^"]+"[^,;]*|The Kubernetes API could not find .*)`,
		"The cluster does not know a resource of deploy/: ${1}.", "Correct its apiVersion and kind, or have an administrator install it"+again)},
	{sync, ManifestsInvalid, in(applied, `(\S+ "[^"]+") is invalid: (.*)`,
		"The manifest of ${1} is not valid: ${2}.", "Correct the field in deploy/"+again)},
	{sync, ManifestsInvalid, in(applied, `(strict decoding error: .*|failed to create typed patch object.*|error validating data: .*|cannot unmarshal .*|unknown field .*|field not declared in schema.*)`,
		"A manifest of deploy/ does not fit its kind: ${1}.", "Correct the field in deploy/"+again)},
	{sync, NoArchitecture, noArchitecture},
	{sync, NoRoom, noRoom},
	{sync, ImagePull, imagePull},
	{sync, NoArchitecture, wrongBinary},
	{sync, OutOfMemory, outOfMemory},
	{sync, ConfigMissing, configMissing},
	{sync, Crash, crash},
	{sync, WrongPort, wrongPort},
	{sync, ProbeFails, probeFails},
}

func noArchitecture(f Facts) *finding {
	for _, p := range f.Pods {
		if p.Unschedulable != "" && p.Architecture != "" && len(f.Nodes) > 0 && !slices.Contains(f.Nodes, p.Architecture) {
			return &finding{fmt.Sprintf("No node has the architecture %s; the cluster has %s.", p.Architecture, strings.Join(f.Nodes, ", ")),
				"Set kubernetes.io/arch in deploy/deployment.yaml and the platform in .github/pipeline.env to one that the cluster has" + again, []string{p.Unschedulable}}
		}
	}
	return nil
}

func noRoom(f Facts) *finding {
	for _, p := range f.Pods {
		if p.Unschedulable != "" {
			return &finding{"No node takes the pod: " + strings.TrimSuffix(p.Unschedulable, ".") + ".",
				"Ask for less under resources.requests in deploy/deployment.yaml, mend its nodeSelector, or add a node; the pod starts as soon as it fits.", []string{p.Unschedulable}}
		}
	}
	return nil
}

// container looks at the containers that are not ready, of all pods.
func container(f Facts, wanted func(Container) bool) *Container {
	for _, p := range f.Pods {
		for i, c := range p.Containers {
			if !c.Ready && wanted(c) {
				return &p.Containers[i]
			}
		}
	}
	return nil
}

func imagePull(f Facts) *finding {
	reasons := []string{"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"}
	c := container(f, func(c Container) bool { return slices.Contains(reasons, c.Waiting) })
	if c == nil {
		return nil
	}
	if outage.Told(c.Message) {
		return &finding{fmt.Sprintf("The image %s cannot be pulled, because its registry does not answer.", c.Image),
			"See with `pronto status` whether the registry and the edge run; the node pulls again by itself, after ten seconds at first and five minutes at most.",
			withEvents(f, c.Message, "Failed")}
	}
	return &finding{fmt.Sprintf("The image %s cannot be pulled.", c.Image),
		"Name an image that the registry has in deploy/deployment.yaml, or run the workflow again so that it writes one" + again,
		withEvents(f, c.Message, "Failed")}
}

func configMissing(f Facts) *finding {
	reasons := []string{"CreateContainerConfigError", "CreateContainerError", "RunContainerError"}
	c := container(f, func(c Container) bool { return slices.Contains(reasons, c.Waiting) })
	if c == nil {
		return nil
	}
	return &finding{fmt.Sprintf("The container %s cannot be started: %s.", c.Name, strings.TrimSuffix(c.Message, ".")),
		"Correct what it names in deploy/ (a Secret or ConfigMap that is not there, a command that is not in the image)" + again, []string{c.Message}}
}

// wrongBinary is a program for another processor than the node's.
func wrongBinary(f Facts) *finding {
	of := func(c Container) bool {
		return strings.Contains(c.Message, "exec format error") || c.Ended != nil && strings.Contains(c.Ended.Message, "exec format error")
	}
	format := slices.IndexFunc(f.Log, func(line string) bool { return strings.Contains(line, "exec format error") })
	c := container(f, of)
	if c == nil && format < 0 {
		return nil
	}
	lines := f.Log
	if c != nil {
		lines = append([]string{c.Message}, lines...)
	}
	return &finding{"The image was built for another architecture than its node has: its program cannot be executed.",
		"Set the platform in .github/pipeline.env to " + strings.Join(f.Nodes, " or ") + again, lines}
}

func outOfMemory(f Facts) *finding {
	c := container(f, func(c Container) bool {
		return c.Ended != nil && c.Ended.Reason == "OOMKilled" || outOfMemoryAtStart.MatchString(c.Message)
	})
	if c == nil {
		return nil
	}
	sentence := fmt.Sprintf("The container %s was killed because it used more memory than its limit", c.Name)
	if c.Memory != "" {
		sentence += " of " + c.Memory
	}
	return &finding{sentence + ".", "Raise resources.limits.memory in deploy/deployment.yaml, or let the application use less" + again,
		withEvents(f, fmt.Sprintf("container %s: OOMKilled, %d restarts", c.Name, c.Restarts), "OOMKilling")}
}

// A limit so small that not even the container's first process fits.
var outOfMemoryAtStart = regexp.MustCompile(`container init was OOM-killed|memory limit too low`)

func crash(f Facts) *finding {
	c := container(f, func(c Container) bool { return c.Ended != nil || c.Waiting == "CrashLoopBackOff" })
	if c == nil {
		return nil
	}
	sentence, lines := fmt.Sprintf("The container %s crashes when it starts", c.Name), f.Log
	if e := c.Ended; e != nil {
		sentence += fmt.Sprintf(" (exit code %d)", e.Code)
		if len(lines) == 0 && e.Message != "" {
			lines = []string{e.Message}
		}
	}
	return &finding{sentence + ".", "Its last lines say why; `pronto logs NAME` shows all. Mend it" + again, lines}
}

// unready is a container that has run long enough without answering its probe.
func unready(f Facts) *Container {
	return container(f, func(c Container) bool {
		return c.Probe != "" && !c.StartedAt.IsZero() && f.Now.Sub(c.StartedAt) >= probeGrace
	})
}

func wrongPort(f Facts) *finding {
	c, lines := unready(f), matching(f, "Unhealthy", "")
	// The last one decides: while it starts, nothing listens in any container.
	if c == nil || len(lines) == 0 || !strings.Contains(lines[len(lines)-1], "connection refused") {
		return nil
	}
	return &finding{fmt.Sprintf("Nothing listens on port %s of the container %s.", c.Port, c.Name),
		fmt.Sprintf("Let the application listen on 0.0.0.0:%s, or set containerPort in deploy/deployment.yaml to the port that it listens on", c.Port) + again, lines}
}

func probeFails(f Facts) *finding {
	c := unready(f)
	if c == nil {
		return nil
	}
	return &finding{fmt.Sprintf("The container %s runs, but does not answer its probe (%s).", c.Name, c.Probe),
		"Let the application answer it with a status below 400, or correct the probe in deploy/deployment.yaml" + again,
		matching(f, "Unhealthy", "")}
}

// withEvents are a message and the events with a reason, without repeating one.
func withEvents(f Facts, message, reason string) []string {
	lines := []string{}
	if message != "" {
		lines = append(lines, message)
	}
	return append(lines, matching(f, reason, "")...)
}

const mostEvents = 5

// matching are the last pod events with a reason whose message holds text.
func matching(f Facts, reason, text string) []string {
	var lines []string
	for _, e := range f.Events {
		if e.Kind == "Pod" && e.Reason == reason && strings.Contains(e.Message, text) && !slices.Contains(lines, e.line()) {
			lines = append(lines, e.line())
		}
	}
	return lines[max(0, len(lines)-mostEvents):]
}
