package main

import (
	"github.com/spf13/cobra"

	"github.com/pronto-platform/pronto/internal/system"
)

func downCommand(opts *options) *cobra.Command {
	var purge bool
	cmd := &cobra.Command{
		Use:   "down",
		Short: "Stop the platform; applications come back with up",
		Args:  exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return system.Down(cmd.Context(), opts.state, purge, cmd.OutOrStdout())
		},
	}
	cmd.Flags().BoolVar(&purge, "purge", false, "also remove the state directory and the trust-store entry: every application is lost")
	return cmd
}
