package main

import (
	"github.com/spf13/cobra"

	"github.com/pronto-platform/pronto/internal/system"
)

// platformCommand is the platform process; `pronto up` starts it.
func platformCommand(opts *options) *cobra.Command {
	return &cobra.Command{
		Use: "platform", Hidden: true, Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error { return system.RunPlatform(cmd.Context(), opts.state) },
	}
}

// edgeCommand is the data plane's process; `pronto up` starts it.
func edgeCommand(opts *options) *cobra.Command {
	return &cobra.Command{
		Use: "edge", Hidden: true, Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error { return system.RunEdge(cmd.Context(), opts.state) },
	}
}
