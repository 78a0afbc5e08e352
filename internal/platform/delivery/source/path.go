package source

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

const (
	maxPath    = 1024 // bytes
	maxSegment = 255  // bytes, that file systems take
	// MaxSize is the largest file, in bytes, whose content is shown or taken.
	MaxSize = 512 << 10
	// maxMessage bounds a commit's message, in bytes.
	maxMessage = 4096
)

// checkPath says what is wrong with a path from a repository's root, empty if
// nothing is.
func checkPath(path string) string {
	switch {
	case path == "":
		return "path: is needed, e.g. src/server.js"
	case len(path) > maxPath:
		return fmt.Sprintf("path: has %d bytes; use at most %d", len(path), maxPath)
	case !utf8.ValidString(path) || strings.ContainsFunc(path, isControl):
		return "path: has characters that no path may have; use printable text"
	case strings.HasPrefix(path, "/"):
		return "path: begins with '/'; give it from the repository's root, e.g. src/server.js"
	case strings.Contains(path, `\`):
		return `path: has '\'; separate directories with '/'`
	}
	for _, segment := range strings.Split(path, "/") {
		if problem := checkSegment(segment); problem != "" {
			return problem
		}
	}
	return ""
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

func checkSegment(segment string) string {
	folded := strings.TrimRight(strings.ToLower(segment), ". ")
	switch {
	case segment == "":
		return "path: has an empty part; use one '/' between names, and none at the end"
	case segment == "." || segment == "..":
		return fmt.Sprintf("path: has the part %q; give the path without it", segment)
	case folded == ".git" || folded == "git~1": // the second is the first to Windows
		return fmt.Sprintf("path: %q is Git's own; choose another name", segment)
	case len(segment) > maxSegment:
		return fmt.Sprintf("path: one part has %d bytes; use at most %d", len(segment), maxSegment)
	}
	return ""
}

// isBinary reports whether content is no text that an editor could show.
func isBinary(content []byte) bool {
	return bytes.IndexByte(content, 0) >= 0 || !utf8.Valid(content)
}

// check refuses a change that breaks a rule by itself.
func (c Change) check() error {
	problem := checkPath(c.Path)
	switch {
	case problem != "":
	case strings.TrimSpace(c.Message) == "":
		problem = "message: is needed; say in a few words what changes"
	case len(c.Message) > maxMessage:
		problem = fmt.Sprintf("message: has %d bytes; use at most %d", len(c.Message), maxMessage)
	case strings.ContainsRune(c.Message, 0):
		problem = "message: has a NUL character; use text"
	case len(c.Content) > MaxSize:
		problem = fmt.Sprintf("content: has %d bytes; the editor takes at most %d; use git for larger files", len(c.Content), MaxSize)
	case isBinary([]byte(c.Content)):
		problem = "content: is no text; use git for binary files"
	}
	if problem != "" {
		return fault.Inputf("%s", problem)
	}
	return nil
}
