package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func restoreCommand(opts *options) *cobra.Command {
	var wait bool
	cmd := &cobra.Command{
		Use:   "restore NAME",
		Short: "Bring a deleted application back",
		Long: "Makes the repository again with all its branches and tags and one commit on top, registers the catalog\n" +
			"entry, and delivers it. Its images are gone, so one is built. pronto apps --deleted lists what can come back.",
		Example: "  pronto restore hello --wait",
		Args:    exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := opts.client()
			if err != nil {
				return err
			}
			app, err := c.Restore(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if wait {
				return follow(cmd, opts, c, args[0], "")
			}
			return opts.print(cmd.OutOrStdout(), app, func() error {
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s comes back. Follow it: pronto watch %s\n", args[0], args[0])
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&wait, "wait", false, "wait until it is live")
	opts.bindOutput(cmd)
	return cmd
}
