package cli

import (
	"fmt"
	"io"
	"strings"
)

// Variable is one exported name and value.
type Variable struct{ Name, Value string }

// Variables are exports in order.
type Variables []Variable

// Map is the variables by name, for JSON.
func (v Variables) Map() map[string]string {
	m := make(map[string]string, len(v))
	for _, x := range v {
		m[x.Name] = x.Value
	}
	return m
}

// Exports writes shell assignments that eval takes, POSIX quoting.
func Exports(out io.Writer, vars Variables) error {
	for _, v := range vars {
		quoted := "'" + strings.ReplaceAll(v.Value, "'", `'\''`) + "'"
		if _, err := fmt.Fprintf(out, "export %s=%s\n", v.Name, quoted); err != nil {
			return err
		}
	}
	return nil
}
