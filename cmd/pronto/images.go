package main

import (
	"github.com/spf13/cobra"

	"github.com/pronto-platform/pronto/internal/system"
)

func imagesCommand(*options) *cobra.Command {
	return &cobra.Command{
		Use:   "images",
		Short: "Make the base images that are not in the machine's cache yet",
		Args:  exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return system.MakeImages(cmd.Context(), cmd.OutOrStdout())
		},
	}
}
