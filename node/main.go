// Command pronto-node is Kubernetes in one binary. `pronto-node init` is the
// first process of a node's namespaces; it starts each component as the same
// file under the component's name, because Kubernetes' commands install
// process-wide signal handlers and flags.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	run, ok := role(os.Args[0])
	if !ok && len(os.Args) > 1 {
		run, ok = role(os.Args[1])
		if ok {
			os.Args = os.Args[1:]
		}
	}
	if !ok {
		fmt.Fprintln(os.Stderr, "pronto-node: give the name of a component as the first argument; `init` starts a whole node")
		os.Exit(2)
	}
	os.Exit(run())
}

func role(name string) (func() int, bool) {
	run, ok := components[filepath.Base(name)]
	return run, ok
}
