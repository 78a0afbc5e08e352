package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/pronto-platform/pronto/internal/cli"
	"github.com/pronto-platform/pronto/internal/client"
)

func watchCommand(opts *options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "watch NAME",
		Short: "Follow an application's delivery until it is live or has failed",
		Args:  exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := opts.client()
			if err != nil {
				return err
			}
			return follow(cmd, opts, c, args[0], "")
		},
	}
	opts.bindOutput(cmd)
	return cmd
}

// follow shows the latest delivery (that of task, when one is named) to its end.
func follow(cmd *cobra.Command, opts *options, c *client.Client, name, task string) error {
	out := cmd.OutOrStdout()
	shown := out
	if opts.output == "json" {
		shown = cmd.ErrOrStderr()
	}
	app, err := cli.Follow(cmd.Context(), c, name, task, shown, isTerminal(shown))
	if err != nil {
		return err
	}
	if opts.output == "json" {
		if err := cli.JSON(out, app); err != nil {
			return err
		}
	}
	if d := app.Delivery; d.Status != "live" {
		return fmt.Errorf("%w: %s", errDelivery, d.Reason)
	}
	fmt.Fprintf(shown, "live in %.1f s  %s\n", app.Delivery.Seconds, app.URL)
	return nil
}
