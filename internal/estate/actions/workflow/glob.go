package workflow

import (
	"fmt"
	"regexp"
	"strings"
)

// globPattern translates one filter pattern: * any but a slash, ** anything,
// ? and + repeat what is before them, [] a set, \ takes the next literally.
// See "Filter pattern cheat sheet" in GitHub's workflow syntax.
func globPattern(pattern string) (*regexp.Regexp, error) {
	var b strings.Builder
	b.WriteString("^")
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case strings.HasPrefix(pattern[i:], "**/"):
			b.WriteString("(?:.*/)?")
			i += 2
		case strings.HasPrefix(pattern[i:], "**"):
			b.WriteString(".*")
			i++
		case c == '*':
			b.WriteString("[^/]*")
		case c == '?' || c == '+' || c == '[' || c == ']':
			b.WriteByte(c)
		case c == '\\' && i+1 < len(pattern):
			i++
			b.WriteString(regexp.QuoteMeta(pattern[i : i+1]))
		default:
			b.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	re, err := regexp.Compile(b.String() + "$")
	if err != nil {
		return nil, fmt.Errorf("filter pattern %q: %w", pattern, err)
	}
	return re, nil
}

// matchesAny applies patterns in order; the last one that matches decides,
// and one with a leading ! takes the name out again.
func matchesAny(patterns []string, name string) (bool, error) {
	matched := false
	for _, pattern := range patterns {
		bare, negated := strings.CutPrefix(pattern, "!")
		re, err := globPattern(bare)
		if err != nil {
			return false, err
		}
		if re.MatchString(name) {
			matched = !negated
		}
	}
	return matched, nil
}
