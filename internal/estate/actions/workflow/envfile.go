package workflow

import (
	"fmt"
	"strings"
)

// ParseEnvFile reads what a step wrote to GITHUB_ENV or GITHUB_OUTPUT:
// name=value lines, and name<<DELIMITER blocks.
func ParseEnvFile(text string) (map[string]string, error) {
	values := map[string]string{}
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		if strings.TrimSpace(line) == "" {
			continue
		}
		equals, heredoc := strings.Index(line, "="), strings.Index(line, "<<")
		if heredoc > 0 && (equals < 0 || heredoc < equals) {
			end := heredocEnd(lines, i+1, line[heredoc+2:])
			if end < 0 {
				return nil, fmt.Errorf("line %q: the closing delimiter %q is missing", line, line[heredoc+2:])
			}
			values[line[:heredoc]] = strings.Join(lines[i+1:end], "\n")
			i = end
			continue
		}
		if equals <= 0 {
			return nil, fmt.Errorf("line %q: want name=value or name<<DELIMITER", line)
		}
		values[line[:equals]] = line[equals+1:]
	}
	return values, nil
}

func heredocEnd(lines []string, from int, delimiter string) int {
	for i := from; i < len(lines); i++ {
		if lines[i] == delimiter {
			return i
		}
	}
	return -1
}
