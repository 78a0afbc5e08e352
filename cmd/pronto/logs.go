package main

import (
	"errors"

	"github.com/spf13/cobra"
)

func logsCommand(opts *options) *cobra.Command {
	var follow, build bool
	cmd := &cobra.Command{
		Use:   "logs NAME",
		Short: "Show what an application's pods, or its latest build, wrote",
		Args:  exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := opts.client()
			if err != nil {
				return err
			}
			ctx, name := cmd.Context(), args[0]
			if !build {
				err := c.Logs(ctx, name, follow, cmd.OutOrStdout())
				if follow && ctx.Err() != nil {
					return nil //nolint:nilerr // ended by the person who followed
				}
				return err
			}
			app, err := c.App(ctx, name)
			if err != nil {
				return err
			}
			if app.Delivery == nil || app.Delivery.RunID == 0 {
				return errors.New("the latest delivery has no workflow run yet")
			}
			return c.RunLog(ctx, name, app.Delivery.RunID, cmd.OutOrStdout())
		},
	}
	cmd.Flags().BoolVarP(&follow, "follow", "f", false, "go on with new lines until interrupted")
	cmd.Flags().BoolVar(&build, "build", false, "the log of the latest delivery's workflow run")
	cmd.MarkFlagsMutuallyExclusive("follow", "build")
	return cmd
}
