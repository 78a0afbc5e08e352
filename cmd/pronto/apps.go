package main

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/pronto-platform/pronto/internal/cli"
)

func appsCommand(opts *options) *cobra.Command {
	var deleted bool
	cmd := &cobra.Command{
		Use:   "apps",
		Short: "List the applications, or the deleted ones that can be brought back",
		Args:  exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := opts.client()
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			if deleted {
				apps, err := c.Deleted(cmd.Context())
				if err != nil {
					return err
				}
				return opts.print(out, apps, func() error { return cli.Deleted(out, apps, time.Now()) })
			}
			apps, err := c.Apps(cmd.Context())
			if err != nil {
				return err
			}
			return opts.print(out, apps, func() error { return cli.Apps(out, apps, time.Now()) })
		},
	}
	cmd.Flags().BoolVar(&deleted, "deleted", false, "those that were deleted and can be brought back, with until when")
	opts.bindOutput(cmd)
	return cmd
}
