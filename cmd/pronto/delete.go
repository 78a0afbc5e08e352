package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/pronto-platform/pronto/internal/cli"
)

func deleteCommand(opts *options) *cobra.Command {
	var wait bool
	cmd := &cobra.Command{
		Use:   "delete NAME",
		Short: "Delete an application and all that belongs to it",
		Args:  exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := opts.client()
			if err != nil {
				return err
			}
			if err := c.Delete(cmd.Context(), args[0]); err != nil {
				return err
			}
			if wait {
				return cli.FollowDelete(cmd.Context(), c, args[0], cmd.OutOrStdout())
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s is being deleted\n", args[0])
			return err
		},
	}
	cmd.Flags().BoolVar(&wait, "wait", false, "wait until everything is proved gone")
	return cmd
}
