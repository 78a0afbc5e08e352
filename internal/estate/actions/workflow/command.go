package workflow

import "strings"

// Command is a workflow command that a step printed: ::name key=value,...::text
type Command struct {
	Name       string
	Properties map[string]string
	Text       string
}

var (
	unescapeData     = strings.NewReplacer("%0D", "\r", "%0A", "\n", "%25", "%")
	unescapeProperty = strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%")
)

// ParseCommand reads a line of output. Leading blanks are allowed.
func ParseCommand(line string) (Command, bool) {
	rest, ok := strings.CutPrefix(strings.TrimLeft(line, " \t"), "::")
	if !ok {
		return Command{}, false
	}
	head, text, ok := strings.Cut(rest, "::")
	if !ok || head == "" {
		return Command{}, false
	}
	name, list, _ := strings.Cut(head, " ")
	c := Command{Name: strings.ToLower(name), Properties: map[string]string{}, Text: unescapeData.Replace(text)}
	for _, pair := range strings.Split(list, ",") {
		if key, value, ok := strings.Cut(strings.TrimSpace(pair), "="); ok {
			c.Properties[key] = unescapeProperty.Replace(value)
		}
	}
	return c, true
}
