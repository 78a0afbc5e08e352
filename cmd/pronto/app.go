package main

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/pronto-platform/pronto/internal/cli"
)

func appCommand(opts *options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "app NAME",
		Short: "Show an application and its latest delivery",
		Args:  exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := opts.client()
			if err != nil {
				return err
			}
			app, err := c.App(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			return opts.print(out, app, func() error { return cli.App(out, app, time.Now(), isTerminal(out)) })
		},
	}
	opts.bindOutput(cmd)
	return cmd
}
