package action

import (
	"errors"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

const (
	maxName = 255  // bytes; more no file system takes
	maxPath = 1024 // bytes
)

// inside refuses a path that leaves the workspace or that no file should have,
// and cleans one that is fine.
func inside(name string) (string, error) {
	clean := path.Clean(strings.TrimPrefix(name, "./"))
	if path.IsAbs(name) || clean == ".." || strings.HasPrefix(clean, "../") {
		return "", outside(name)
	}
	if len(clean) > maxPath {
		return "", fault.NotAllowedf("Path %.40q... has %d bytes, more than %d", clean, len(clean), maxPath)
	}
	for part := range strings.SplitSeq(clean, "/") {
		if err := checkName(part); err != nil {
			return "", err
		}
	}
	return clean, nil
}

func outside(name string) error {
	return fault.NotAllowedf("Path %q is outside of the workspace", name)
}

func checkName(name string) error {
	switch {
	case len(name) > maxName:
		return fault.NotAllowedf("File name %.40q... has %d bytes, more than %d", name, len(name), maxName)
	case !utf8.ValidString(name):
		return fault.NotAllowedf("File name %q is not UTF-8", name)
	case strings.ContainsRune(name, '\\'):
		return fault.NotAllowedf("File name %q has a backslash; directories are separated by /", name)
	case strings.ContainsFunc(name, func(r rune) bool { return r < 0x20 || r == 0x7f }):
		return fault.NotAllowedf("File name %q has a control character", name)
	case strings.EqualFold(name, ".git"):
		return fault.NotAllowedf("File name %q is git's own; a template may not write it", name)
	}
	return nil
}

// checkLink refuses a link that leads out of the workspace.
func checkLink(name, target string) error {
	if path.IsAbs(target) || !fs.ValidPath(path.Join(path.Dir(name), target)) {
		return fault.NotAllowedf("Link %q points to %q, outside of the workspace", name, target)
	}
	return nil
}

// escaped words the refusal of os.Root to follow a path out of its directory.
func escaped(name string, err error) error {
	var failed *fs.PathError
	if errors.As(err, &failed) && strings.Contains(failed.Err.Error(), "path escapes") {
		return outside(name)
	}
	return err
}
