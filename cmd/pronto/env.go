package main

import (
	"github.com/spf13/cobra"

	"github.com/pronto-platform/pronto/internal/cli"
	"github.com/pronto-platform/pronto/internal/system"
)

func envCommand(opts *options) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "env",
		Short:   "Print what a shell needs to speak to the platform",
		Example: `  eval "$(pronto env)"`,
		Args:    exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			env, err := system.Environment(opts.state)
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			return opts.print(out, env.Map(), func() error { return cli.Exports(out, env) })
		},
	}
	opts.bindOutput(cmd)
	return cmd
}
