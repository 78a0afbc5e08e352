package main

import (
	"github.com/spf13/cobra"

	"github.com/pronto-platform/pronto/internal/cli"
)

func whyCommand(opts *options) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "why NAME",
		Short:   "Say what the latest delivery waits for or why it failed, and what to do",
		Example: "  pronto why hello",
		Args:    exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := opts.client()
			if err != nil {
				return err
			}
			why, err := c.Why(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			return opts.print(out, why, func() error { return cli.Why(out, why) })
		},
	}
	opts.bindOutput(cmd)
	return cmd
}
