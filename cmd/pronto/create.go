package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/pronto-platform/pronto/internal/cli"
)

func createCommand(opts *options) *cobra.Command {
	var template string
	var pairs []string
	var wait bool
	cmd := &cobra.Command{
		Use:     "create NAME",
		Short:   "Create an application from a template",
		Example: "  pronto create hello --template nodejs --set replicas=2 --wait",
		Args:    exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := opts.client()
			if err != nil {
				return err
			}
			ctx, name := cmd.Context(), args[0]
			form, err := c.Form(ctx, template)
			if err != nil {
				return err
			}
			values, err := cli.Values(pairs, form)
			if err != nil {
				return usageError{err}
			}
			values["name"] = name
			task, err := c.Create(ctx, "template:default/"+template, values)
			if err != nil {
				return err
			}
			if !wait {
				return opts.print(cmd.OutOrStdout(), map[string]string{"name": name, "task": task}, func() error {
					_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s is being created (task %s). Follow it: pronto watch %s\n", name, task, name)
					return err
				})
			}
			return follow(cmd, opts, c, name, task)
		},
	}
	cmd.Flags().StringVar(&template, "template", "nodejs", "template to create it from")
	cmd.Flags().StringArrayVar(&pairs, "set", nil, "a form field, as key=value; may be repeated")
	cmd.Flags().BoolVar(&wait, "wait", false, "wait until it is live")
	opts.bindOutput(cmd)
	return cmd
}
