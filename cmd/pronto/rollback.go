package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/pronto-platform/pronto/internal/cli"
)

func rollbackCommand(opts *options) *cobra.Command {
	var to string
	var wait bool
	cmd := &cobra.Command{
		Use:   "rollback NAME",
		Short: "Go back to an earlier revision by a revert commit in the repository",
		Long: "Makes one commit with the files as they were when an earlier revision was live. Its image is there\n" +
			"already, so nothing is built. Without --to it is the revision that was live before.",
		Example: "  pronto rollback hello --to 1f2e3d4 --wait",
		Args:    exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := opts.client()
			if err != nil {
				return err
			}
			done, err := c.Rollback(cmd.Context(), args[0], to)
			if err != nil {
				return err
			}
			if wait {
				return follow(cmd, opts, c, args[0], "")
			}
			return opts.print(cmd.OutOrStdout(), done, func() error {
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s goes back to %s with commit %s. Follow it: pronto watch %s\n",
					args[0], cli.Short(done.To), cli.Short(done.Revision), args[0])
				return err
			})
		},
	}
	cmd.Flags().StringVar(&to, "to", "", "revision to go back to, at least 7 digits of it")
	cmd.Flags().BoolVar(&wait, "wait", false, "wait until it is live")
	opts.bindOutput(cmd)
	return cmd
}
