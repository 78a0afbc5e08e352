package main

import (
	"github.com/spf13/cobra"

	"github.com/pronto-platform/pronto/internal/system"
)

func statusCommand(opts *options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show the processes, the parts and their memory",
		Args:  exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			status, err := system.ReadStatus(cmd.Context(), opts.state)
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			if err := opts.print(out, status, func() error { return status.Print(out) }); err != nil {
				return err
			}
			if !status.Up {
				return system.ErrNotUp
			}
			return nil
		},
	}
	opts.bindOutput(cmd)
	return cmd
}
