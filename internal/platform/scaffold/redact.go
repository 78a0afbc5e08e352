package scaffold

import (
	"cmp"
	"slices"
	"strings"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// redact takes the task's secrets, and what was made of them, out of a text.
func (r *run) redact(text string) string {
	hidden := slices.Clone(r.hidden)
	for _, secret := range r.task.secrets {
		hidden = append(hidden, secret)
	}
	// The longest first: one may be a part of another.
	slices.SortFunc(hidden, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	for _, value := range hidden {
		if len(value) > 1 { // one character would take the text apart
			text = strings.ReplaceAll(text, value, "***")
		}
	}
	return text
}

// redactError keeps the error unless its text has a secret in it.
func (r *run) redactError(err error) error {
	if err == nil || r.redact(err.Error()) == err.Error() {
		return err
	}
	return &fault.Error{Name: fault.Name(err), Message: r.redact(err.Error())}
}

// difference returns the strings of a value that are not in another at the
// same place.
func difference(value, other any) []string {
	var found []string
	switch value := value.(type) {
	case string:
		if value != other {
			found = append(found, value)
		}
	case []any:
		items, _ := other.([]any)
		for i, item := range value {
			var counterpart any
			if i < len(items) {
				counterpart = items[i]
			}
			found = append(found, difference(item, counterpart)...)
		}
	case map[string]any:
		members, _ := other.(map[string]any)
		for name, member := range value {
			found = append(found, difference(member, members[name])...)
		}
	}
	return found
}
