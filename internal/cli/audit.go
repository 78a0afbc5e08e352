package cli

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/pronto-platform/pronto/internal/client"
)

// Audit writes the table of audit entries.
func Audit(out io.Writer, entries []client.AuditEntry) error {
	if len(entries) == 0 {
		_, err := fmt.Fprintln(out, "No entries.")
		return err
	}
	tw := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(tw, "TIME\tWHO\tACTION\tTARGET\tOUTCOME\tSTATUS\tADDRESS")
	for _, e := range entries {
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%d\t%s\n", e.At.Local().Format(time.DateTime), e.Actor, e.Action, e.Target, e.Outcome, e.Status, e.Address)
	}
	return tw.Flush()
}
