package main

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/pronto-platform/pronto/internal/cli"
)

func appsCommand(opts *options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "apps",
		Short: "List the applications",
		Args:  exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := opts.client()
			if err != nil {
				return err
			}
			apps, err := c.Apps(cmd.Context())
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			return opts.print(out, apps, func() error { return cli.Apps(out, apps, time.Now()) })
		},
	}
	opts.bindOutput(cmd)
	return cmd
}
