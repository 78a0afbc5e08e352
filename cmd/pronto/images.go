package main

import (
	"github.com/spf13/cobra"

	"github.com/pronto-platform/pronto/internal/system"
)

func imagesCommand(*options) *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "images",
		Short: "Make the base images that are not in the machine's cache yet",
		Args:  exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return system.MakeImages(cmd.Context(), all, cmd.OutOrStdout())
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "also those of every golden path, which the first build that needs one makes otherwise")
	return cmd
}
