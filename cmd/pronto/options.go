package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/pronto-platform/pronto/internal/cli"
	"github.com/pronto-platform/pronto/internal/client"
	"github.com/pronto-platform/pronto/internal/config"
	"github.com/pronto-platform/pronto/internal/system"
)

// options are the flags that every subcommand takes.
type options struct {
	state  string
	output string
}

func (o *options) bind(flags *pflag.FlagSet) {
	state := os.Getenv("PRONTO_STATE")
	if state == "" {
		state = config.Default().State
	}
	flags.StringVar(&o.state, "state", state, "state directory (PRONTO_STATE)")
}

// bindOutput adds -o to a command that prints data.
func (o *options) bindOutput(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&o.output, "output", "o", "text", "text or json")
	cmd.PreRunE = func(*cobra.Command, []string) error {
		if o.output != "text" && o.output != "json" {
			return usageError{fmt.Errorf("--output %q: use text or json", o.output)}
		}
		return nil
	}
}

// print writes v as JSON when asked to, else as text does.
func (o *options) print(out io.Writer, v any, text func() error) error {
	if o.output == "json" {
		return cli.JSON(out, v)
	}
	return text()
}

// client is the portal's API with the administrator's token of the state directory.
func (o *options) client() (*client.Client, error) { return system.Client(o.state) }

func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	return ok && term.IsTerminal(int(file.Fd())) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}
