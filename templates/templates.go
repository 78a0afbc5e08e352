// Package templates holds the golden paths, each a directory with a
// template.yaml (scaffolder.backstage.io/v1beta3) and the skeleton it renders.
package templates

import "embed"

// FS has one directory for each template.
//
//go:embed all:go all:nodejs all:python all:shared all:static
var FS embed.FS
