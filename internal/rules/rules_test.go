// Package rules holds the house's rules that the compiler does not know, as tests.
package rules_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const (
	module   = "github.com/pronto-platform/pronto"
	root     = "../.."
	platform = module + "/internal/platform"
	estate   = module + "/internal/estate"
	system   = module + "/internal/system"
)

type pkg struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

// The two halves meet only on the wire, no part of the estate knows another,
// and only system, the command and the end-to-end tests know both.
func TestImportsKeepToTheArchitecture(t *testing.T) {
	for _, p := range packages(t) {
		for _, imported := range append(append(p.Imports, p.TestImports...), p.XTestImports...) {
			if why := forbidden(p.ImportPath, imported); why != "" {
				t.Errorf("%s imports %s: %s", p.ImportPath, imported, why)
			}
		}
	}
}

func forbidden(from, to string) string {
	switch {
	case within(from, platform) && within(to, estate):
		return "the platform is a client: it meets the estate only on the wire"
	case within(from, estate) && within(to, platform):
		return "the estate must not know the platform"
	case within(from, estate) && within(to, estate) && room(from) != room(to):
		return "no part of the estate imports another"
	case within(to, system) && !within(from, system) && !within(from, module+"/cmd") && !within(from, module+"/test"):
		return "nothing but commands and end-to-end tests imports system"
	case within(from, module+"/internal/base") && within(to, module+"/internal") && !within(to, module+"/internal/base"):
		return "base is what all stand on: it stands on nothing of ours"
	default:
		return ""
	}
}

func within(path, tree string) bool { return path == tree || strings.HasPrefix(path, tree+"/") }

func room(path string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(path, estate+"/"), "/")
	return name
}

func TestTheRuleItselfRefusesWhatItShould(t *testing.T) {
	for _, c := range []struct {
		from, to string
		refused  bool
	}{
		{platform + "/portal", estate + "/forge", true},
		{estate + "/forge/webhook", platform + "/scm", true},
		{estate + "/forge", estate + "/registry", true},
		{estate + "/forge", estate + "/forge/webhook", false},
		{system, estate + "/forge", false},
		{platform + "/portal", system, true},
		{module + "/cmd/pronto", system, false},
		{module + "/internal/base/part", module + "/internal/config", true},
	} {
		if got := forbidden(c.from, c.to) != ""; got != c.refused {
			t.Errorf("%s -> %s: refused = %v, want %v", c.from, c.to, got, c.refused)
		}
	}
}

func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// Every package says in its doc comment what it is for.
func TestEveryPackageHasADocComment(t *testing.T) {
	documented := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && (name == "node_modules" || name == "skeleton" || name == "testdata" || name == "tools" || strings.HasPrefix(name, ".") && name != "..") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		dir := filepath.Dir(path)
		documented[dir] = documented[dir] || hasDoc(file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir, ok := range documented {
		if !ok {
			t.Errorf("%s: no file has a package comment", dir)
		}
	}
}

func hasDoc(file *ast.File) bool { return file.Doc != nil && strings.TrimSpace(file.Doc.Text()) != "" }
