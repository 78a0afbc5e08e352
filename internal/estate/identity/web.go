package identity

import (
	"embed"
	"errors"
	"io/fs"

	dexweb "github.com/dexidp/dex/web"
)

// theme is the directory below web/themes.
const theme = "pronto"

//go:embed web
var ownFiles embed.FS

// pages are Dex's own with ours laid over them.
func pages() (fs.FS, error) {
	own, err := fs.Sub(ownFiles, "web")
	if err != nil {
		return nil, err
	}
	return overlay{own, dexweb.FS()}, nil
}

// overlay answers from the first file system that has the file. Directories
// are listed from the second, whose set of templates is the complete one.
type overlay struct {
	over, under fs.FS
}

var _ fs.ReadDirFS = overlay{}

func (o overlay) Open(name string) (fs.File, error) {
	file, err := o.over.Open(name)
	if !errors.Is(err, fs.ErrNotExist) {
		return file, err
	}
	return o.under.Open(name)
}

func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(o.under, name)
	if errors.Is(err, fs.ErrNotExist) {
		return fs.ReadDir(o.over, name)
	}
	return entries, err
}
