package timeline

import (
	"html"
	"strings"
	"unicode/utf8"
)

// word keeps a class to the known statuses.
func word(status string) string {
	switch status {
	case Done, Running, Failed, Skipped:
		return status
	}
	return Waiting
}

const shortRevision = 7

func short(revision string) string { return revision[:min(shortRevision, len(revision))] }

// escape makes text of anybody's making fit for XML: characters that it does
// not know at all are replaced, the special ones escaped.
func escape(text string) string {
	return html.EscapeString(strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return ' '
		case r < 0x20, r == 0xFFFE, r == 0xFFFF, r == utf8.RuneError:
			return '�'
		}
		return r
	}, text))
}

// cut shortens text to a number of characters.
func cut(text string, size int) string {
	characters := []rune(text)
	if len(characters) <= size {
		return text
	}
	return string(characters[:max(size-1, 0)]) + "…"
}

// wrap breaks text into at most so many lines.
func wrap(text string, size, lines int) []string {
	var list []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > size {
			list = append(list, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += cut(word, size)
	}
	if line != "" {
		list = append(list, line)
	}
	if len(list) > lines {
		list = list[:lines]
		list[lines-1] = cut(list[lines-1]+" …", size)
	}
	return list
}
