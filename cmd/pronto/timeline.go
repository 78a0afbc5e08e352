package main

import (
	"github.com/spf13/cobra"

	"github.com/pronto-platform/pronto/internal/cli"
)

func timelineCommand(opts *options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "timeline NAME [DELIVERY]",
		Short: "Draw a delivery's phases and steps as a waterfall",
		Long: "Draw a delivery's phases and steps as a waterfall: the latest one, or DELIVERY, by its id,\n" +
			"by its revision, or by the beginning of either.",
		Example: "  pronto timeline hello\n  pronto timeline hello 1f2e3d4 -o svg > hello.svg",
		Args:    between(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := opts.client()
			if err != nil {
				return err
			}
			id, err := cli.DeliveryID(cmd.Context(), c, args[0], args[1:]...)
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			if opts.output == "svg" {
				return c.TimelineSVG(cmd.Context(), args[0], id, out)
			}
			line, err := c.Timeline(cmd.Context(), args[0], id)
			if err != nil {
				return err
			}
			return opts.print(out, line, func() error { return cli.Timeline(out, line, width(out), isTerminal(out)) })
		},
	}
	opts.bindOutput(cmd, "svg")
	return cmd
}
