package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/cli"
	"github.com/pronto-platform/pronto/internal/client"
	"github.com/pronto-platform/pronto/internal/client/login"
	"github.com/pronto-platform/pronto/internal/config"
	"github.com/pronto-platform/pronto/internal/system"
)

// options are the flags that every subcommand takes.
type options struct {
	state  string
	named  bool // the state directory was chosen, not the default
	output string
}

func (o *options) bind(flags *pflag.FlagSet) {
	state := os.Getenv("PRONTO_STATE")
	o.named = state != ""
	if state == "" {
		state = config.Default().State
	}
	flags.StringVar(&o.state, "state", state, "state directory (PRONTO_STATE)")
}

// bindOutput adds -o to a command that prints data, as text, json or more.
func (o *options) bindOutput(cmd *cobra.Command, more ...string) {
	formats := append([]string{"text", "json"}, more...)
	last := len(formats) - 1
	known := strings.Join(formats[:last], ", ") + " or " + formats[last]
	cmd.Flags().StringVarP(&o.output, "output", "o", "text", known)
	cmd.PreRunE = func(*cobra.Command, []string) error {
		if !slices.Contains(formats, o.output) {
			return usageError{fmt.Errorf("--output %q: use %s", o.output, known)}
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

// client speaks to the portal, by the first of these that is there: the state
// directory that was named (--state, PRONTO_STATE), PRONTO_URL with PRONTO_TOKEN
// or the token of pronto login, the default state directory, and the only portal
// that pronto login signed in to.
func (o *options) client() (*client.Client, error) {
	address := os.Getenv("PRONTO_URL")
	if o.named || address == "" && system.Exists(o.state) {
		c, err := system.Client(o.state)
		if !errors.Is(err, fs.ErrPermission) {
			return c, err
		}
	}
	keys, err := login.UserKeys()
	if err != nil {
		return nil, err
	}
	if address == "" && !system.Exists(o.state) {
		c, err := keys.Client("")
		if errors.Is(err, login.ErrNotSignedIn) {
			return nil, fmt.Errorf("%w; or sign in to another one: pronto login --url https://portal.<domain>", system.ErrNotUp)
		}
		return c, err
	}
	portal, ca, err := o.portal("")
	if err != nil {
		return nil, err
	}
	if token := os.Getenv("PRONTO_TOKEN"); token != "" && address != "" {
		return login.Client(portal, login.Key{Token: secret.New(token), CA: ca})
	}
	return keys.Client(portal)
}

// portal is the address of the portal that is meant, and the file of its
// certificate authority where the machine does not know it.
func (o *options) portal(address string) (portal, ca string, err error) {
	if address == "" {
		address = os.Getenv("PRONTO_URL")
	}
	if address == "" {
		if address, err = system.PortalURL(o.state); err != nil {
			return "", "", usageError{errors.New("name the portal: --url https://portal.<domain>, or PRONTO_URL")}
		}
	}
	if portal, err = login.Portal(address); err != nil {
		return "", "", usageError{err}
	}
	return portal, os.Getenv("PRONTO_CA"), nil
}

// width is how many columns out has; in a pipe as many as a page.
func width(out io.Writer) int {
	if file, ok := out.(*os.File); ok {
		if columns, _, err := term.GetSize(int(file.Fd())); err == nil {
			return columns
		}
	}
	return pageWidth
}

const pageWidth = 100

func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	return ok && term.IsTerminal(int(file.Fd())) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}
