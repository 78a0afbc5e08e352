// Package web holds the portal's web app as it was built, for the portal to
// serve. Its source is beside this file; `make web` builds it into dist.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var files embed.FS

// Dist is the built app with index.html at its root. Before the first build
// it holds no page, and the portal answers 404 for it.
func Dist() fs.FS {
	dist, err := fs.Sub(files, "dist")
	if err != nil {
		panic(err) // "dist" is a valid path: the embed directive above names it
	}
	return dist
}
