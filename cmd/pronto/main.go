// Command pronto runs the platform and speaks to it.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/pronto-platform/pronto/internal/client"
	"github.com/pronto-platform/pronto/internal/system"
)

// Exit codes; every command documents them in its help through this list.
const (
	exitFailed   = 1 // the command failed
	exitUsage    = 2 // the command line is wrong
	exitNotFound = 3 // there is no such thing
	exitDelivery = 4 // the delivery that was waited for failed
	exitNotUp    = 5 // the platform does not run
)

const exitHelp = `
Exit codes: 0 done · 1 failed · 2 wrong command line · 3 not found · 4 the delivery failed · 5 the platform does not run`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := root().ExecuteContext(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "pronto:", err)
	}
	os.Exit(exitCode(err))
}

// root assembles the command; each subcommand stands in a file of its own.
func root() *cobra.Command {
	opts := &options{}
	cmd := &cobra.Command{
		Use:     "pronto",
		Short:   "From one form to a running application",
		Long:    "Pronto takes a developer from one form to a running application at https://<app>.<domain>." + exitHelp,
		Version: system.Version,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("unknown command %q; see pronto --help", args[0])}
			}
			return nil
		},
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	opts.bind(cmd.PersistentFlags())
	cmd.PersistentPreRun = func(cmd *cobra.Command, _ []string) { opts.named = opts.named || cmd.Flags().Changed("state") }
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	cmd.AddCommand(upCommand(opts), downCommand(opts), statusCommand(opts), createCommand(opts), appsCommand(opts),
		appCommand(opts), watchCommand(opts), logsCommand(opts), whyCommand(opts), timelineCommand(opts), versionsCommand(opts), rollbackCommand(opts),
		deleteCommand(opts), restoreCommand(opts), envCommand(opts),
		doctorCommand(opts), imagesCommand(opts), templateCommand(opts), loginCommand(opts), logoutCommand(opts), auditCommand(opts),
		platformCommand(opts), edgeCommand(opts))
	return cmd
}

// usageError marks a wrong command line.
type usageError struct{ error }

var errDelivery = errors.New("the delivery failed")

func exitCode(err error) int {
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &usage):
		return exitUsage
	case client.IsNotFound(err):
		return exitNotFound
	case errors.Is(err, errDelivery):
		return exitDelivery
	case errors.Is(err, system.ErrNotUp):
		return exitNotUp
	default:
		return exitFailed
	}
}

// exactly is cobra.ExactArgs with the exit code of a wrong command line.
func exactly(n int) cobra.PositionalArgs { return between(n, n) }

// between is cobra.RangeArgs with the exit code of a wrong command line.
func between(least, most int) cobra.PositionalArgs {
	count := cobra.RangeArgs(least, most)
	if least == most {
		count = cobra.ExactArgs(least)
	}
	return func(cmd *cobra.Command, args []string) error {
		if err := count(cmd, args); err != nil {
			return usageError{fmt.Errorf("%w\nUsage: %s", err, cmd.UseLine())}
		}
		return nil
	}
}
