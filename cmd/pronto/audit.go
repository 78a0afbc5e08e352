package main

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/pronto-platform/pronto/internal/cli"
	"github.com/pronto-platform/pronto/internal/client"
)

func auditCommand(opts *options) *cobra.Command {
	var query client.AuditQuery
	var since time.Duration
	var limit int
	cmd := &cobra.Command{
		Use:     "audit",
		Short:   "Show who did what; for administrators",
		Example: "  pronto audit --since 24h --action apps.delete",
		Args:    exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := opts.client()
			if err != nil {
				return err
			}
			if since > 0 {
				query.Since = time.Now().Add(-since)
			}
			entries, err := c.Audit(cmd.Context(), query, limit)
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			return opts.print(out, entries, func() error { return cli.Audit(out, entries) })
		},
	}
	flags := cmd.Flags()
	flags.DurationVar(&since, "since", 0, "only the last while, e.g. 24h")
	flags.StringVar(&query.Actor, "actor", "", "only of this person or service, e.g. user:default/ana")
	flags.StringVar(&query.Action, "action", "", "only this action, e.g. apps.delete")
	flags.StringVar(&query.Text, "text", "", "only entries whose target, action or actor contains this")
	flags.IntVar(&limit, "limit", 100, "at most so many")
	opts.bindOutput(cmd)
	return cmd
}
