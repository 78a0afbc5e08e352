package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/pronto-platform/pronto/internal/system"
)

func doctorCommand(opts *options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Look at the machine and the platform, and say what is wrong and how to mend it",
		Args:  exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			found, err := system.Diagnose(cmd.Context(), opts.state)
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			err = opts.print(out, found, func() error {
				if len(found) == 0 {
					_, err := fmt.Fprintln(out, "Nothing is wrong.")
					return err
				}
				for _, f := range found {
					fmt.Fprintln(out, f)
				}
				return nil
			})
			if err == nil && len(found) > 0 {
				return fmt.Errorf("%d findings", len(found))
			}
			return err
		},
	}
	opts.bindOutput(cmd)
	return cmd
}
