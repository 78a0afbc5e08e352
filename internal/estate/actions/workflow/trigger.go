package workflow

import (
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

// Push is what the filters of `on: push` look at.
type Push struct {
	Ref     string   // refs/heads/main or refs/tags/v1
	Deleted bool     // the ref is gone
	Message string   // of the head commit
	Paths   []string // changed files; nil when not known, which passes every paths filter
	FromBot bool     // made with an installation token
}

type filters struct {
	Branches       stringList `yaml:"branches"`
	BranchesIgnore stringList `yaml:"branches-ignore"`
	Tags           stringList `yaml:"tags"`
	TagsIgnore     stringList `yaml:"tags-ignore"`
	Paths          stringList `yaml:"paths"`
	PathsIgnore    stringList `yaml:"paths-ignore"`
}

// stringList is a sequence or a single string.
type stringList []string

func (l *stringList) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*l = stringList{node.Value}
		return nil
	}
	return node.Decode((*[]string)(l))
}

var skipMarker = regexp.MustCompile(`\[(skip ci|ci skip|no ci|skip actions|actions skip)\]|(?m)^skip-checks:\s*true\s*$`)

// Ignored reports whether a push starts no workflow at all, whatever the
// filters say.
func (p Push) Ignored() bool {
	return p.Deleted || p.FromBot || skipMarker.MatchString(p.Message)
}

// Triggered reports whether the workflow runs for the push.
func (w *Workflow) Triggered(p Push) (bool, error) {
	f, ok, err := w.pushFilters()
	if !ok || err != nil || p.Ignored() {
		return false, err
	}
	matched, err := f.matchRef(p.Ref)
	if err != nil || !matched {
		return false, err
	}
	if strings.HasPrefix(p.Ref, "refs/tags/") || p.Paths == nil {
		return true, nil // paths are not looked at for tags
	}
	return f.matchPaths(p.Paths)
}

// Dispatchable reports whether `on: workflow_dispatch` is there.
func (w *Workflow) Dispatchable() bool { return w.Model.WorkflowDispatchConfig() != nil }

func (w *Workflow) pushFilters() (f filters, on bool, err error) {
	raw := w.Model.RawOn
	if raw.Kind != yaml.MappingNode {
		for _, event := range w.Model.On() {
			on = on || event == "push"
		}
		return f, on, nil
	}
	var events map[string]yaml.Node
	if err := raw.Decode(&events); err != nil {
		return f, false, err
	}
	node, on := events["push"]
	if on && node.Kind == yaml.MappingNode {
		err = node.Decode(&f)
	}
	return f, on, err
}

// matchRef: when only branch filters are given tags do not match, and the
// other way round.
func (f filters) matchRef(ref string) (bool, error) {
	branches := len(f.Branches)+len(f.BranchesIgnore) > 0
	tags := len(f.Tags)+len(f.TagsIgnore) > 0
	if name, ok := strings.CutPrefix(ref, "refs/heads/"); ok {
		if !branches {
			return !tags, nil
		}
		return include(f.Branches, f.BranchesIgnore, name)
	}
	name, ok := strings.CutPrefix(ref, "refs/tags/")
	switch {
	case !ok:
		return false, nil
	case !tags:
		return !branches, nil
	default:
		return include(f.Tags, f.TagsIgnore, name)
	}
}

func include(only, ignore []string, name string) (bool, error) {
	if len(only) > 0 {
		return matchesAny(only, name)
	}
	ignored, err := matchesAny(ignore, name)
	return !ignored, err
}

func (f filters) matchPaths(paths []string) (bool, error) {
	if len(f.Paths)+len(f.PathsIgnore) == 0 {
		return true, nil
	}
	for _, path := range paths {
		if matched, err := include(f.Paths, f.PathsIgnore, path); matched || err != nil {
			return matched, err
		}
	}
	return false, nil
}
