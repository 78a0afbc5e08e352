package lint

import (
	"regexp"
	"strings"
)

// reference is what an expression reads, e.g. parameters.name or
// steps.publish.output.remoteUrl.
type reference struct {
	root string   // parameters, steps, each, secrets or values
	path []string // below it
}

func (r reference) String() string { return strings.Join(append([]string{r.root}, r.path...), ".") }

var (
	markers   = regexp.MustCompile(`(?s)\$\{\{.*?\}\}|\{%.*?%\}`)
	brackets  = regexp.MustCompile(`\[\s*(?:"[` + letters + `-]+"|'[` + letters + `-]+')\s*\]`)
	quoted    = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'`)
	chain     = regexp.MustCompile(`(?:^|[^.` + letters + `"'])(parameters|steps|each|secrets|values)((?:\.[` + letters + dash + `]+)*)`)
	rawBlocks = regexp.MustCompile(`(?s)\{%-?\s*raw\s*-?%\}.*?\{%-?\s*endraw\s*-?%\}`)
)

// letters are those of names, within brackets of a pattern.
const letters = `\pL\pN_`

// dash stands for - in a name that was in brackets: outside of them it is minus.
const dash = "\x00"

// references finds what the expressions of a text read.
func references(text string) []reference {
	var found []reference
	for _, marked := range markers.FindAllString(unraw(text), -1) {
		plain := brackets.ReplaceAllStringFunc(marked, func(name string) string {
			return "." + strings.ReplaceAll(strings.Trim(name, "[]\"' \t\n"), "-", dash)
		})
		for _, match := range chain.FindAllStringSubmatch(quoted.ReplaceAllString(plain, `""`), -1) {
			r := reference{root: match[1]}
			if match[2] != "" {
				r.path = strings.Split(strings.ReplaceAll(match[2], dash, "-")[1:], ".")
			}
			found = append(found, r)
		}
	}
	return found
}

// unraw blanks what stands between raw and endraw, and keeps the lines.
func unraw(text string) string {
	return rawBlocks.ReplaceAllStringFunc(text, func(block string) string {
		return strings.Repeat("\n", strings.Count(block, "\n"))
	})
}

// hasExpression is true for a text that is rendered to something else.
func hasExpression(text string) bool { return markers.MatchString(text) }
