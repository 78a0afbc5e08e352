package main

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/pronto-platform/pronto/internal/cli"
)

func versionsCommand(opts *options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "versions NAME",
		Short: "List the revisions that were live, and whether each can be gone back to",
		Args:  exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := opts.client()
			if err != nil {
				return err
			}
			versions, err := c.Versions(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			return opts.print(out, versions, func() error { return cli.Versions(out, versions, time.Now()) })
		},
	}
	opts.bindOutput(cmd)
	return cmd
}
