package cause

import (
	"regexp"
	"strings"
)

// in looks for pattern in the lines of a source; sentence and remedy may name
// its groups, as ${1}. The lines that match are those that decide.
func in(source func(Facts) []string, pattern, sentence, remedy string) func(Facts) *finding {
	compiled := regexp.MustCompile(pattern)
	return func(f Facts) *finding {
		var found *finding
		for _, line := range source(f) {
			match := compiled.FindStringSubmatchIndex(line)
			if match == nil {
				continue
			}
			if found == nil {
				expand := func(template string) string { return string(compiled.ExpandString(nil, template, line, match)) }
				found = &finding{sentence: expand(sentence), remedy: expand(remedy)}
			}
			found.lines = append(found.lines, line)
		}
		return found
	}
}

// inLog looks for pattern in the log of the failed run and shows what the log
// says up to its error.
func inLog(pattern, sentence, remedy string) func(Facts) *finding {
	look := in(logLines, pattern, sentence, remedy)
	return func(f Facts) *finding {
		found := look(f)
		if found != nil {
			found.lines = f.Run.Lines
		}
		return found
	}
}

func logLines(f Facts) []string {
	if f.Run == nil || f.Run.Status != completed {
		return nil
	}
	return f.Run.Lines
}

// applied is what the cluster and the gitops controller have against the manifests.
func applied(f Facts) []string {
	var lines []string
	for _, message := range append(append([]string{}, f.Messages...), f.Refused) {
		for _, line := range strings.Split(message, "\n") {
			if line != "" {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// events are the lines of the events about objects of a kind.
func events(kind string) func(Facts) []string {
	return func(f Facts) []string {
		var lines []string
		for _, e := range f.Events {
			if e.Kind == kind {
				lines = append(lines, e.line())
			}
		}
		return lines
	}
}
