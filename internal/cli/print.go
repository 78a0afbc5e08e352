package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/pronto-platform/pronto/internal/client"
)

// JSON writes v indented, for -o json.
func JSON(out io.Writer, v any) error {
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// Apps writes the table of applications.
func Apps(out io.Writer, apps []client.App, now time.Time) error {
	if len(apps) == 0 {
		_, err := fmt.Fprintln(out, "No applications yet. Make one: pronto create hello --template nodejs --wait")
		return err
	}
	tw := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(tw, "NAME\tSTATUS\tJOURNEY\tREVISION\tAGE\tURL")
	for _, app := range apps {
		journey, revision := "", ""
		if app.Delivery != nil {
			journey, revision = Journey(*app.Delivery), Short(app.Delivery.Revision)
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\n", app.Name, words(app.Status), journey, revision, age(now.Sub(app.CreatedAt)), app.URL)
	}
	return tw.Flush()
}

// Deleted writes the table of the applications that can be brought back.
func Deleted(out io.Writer, apps []client.Deleted, now time.Time) error {
	if len(apps) == 0 {
		_, err := fmt.Fprintln(out, "No deleted application can be brought back.")
		return err
	}
	tw := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(tw, "NAME\tOWNER\tDELETED\tBY\tUNTIL")
	for _, app := range apps {
		fmt.Fprintf(tw, "%s\t%s\t%s ago\t%s\t%s\n", app.Name, app.Owner, age(now.Sub(app.DeletedAt)), app.DeletedBy,
			app.Until.Local().Format("2006-01-02 15:04"))
	}
	return tw.Flush()
}

// App writes one application in full.
func App(out io.Writer, app client.App, now time.Time, terminal bool) error {
	tw := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, row := range [][2]string{
		{"name", app.Name}, {"status", words(app.Status)}, {"reason", app.Reason}, {"url", app.URL},
		{"repository", app.Repository}, {"namespace", app.Namespace}, {"owner", app.Owner},
	} {
		if row[1] != "" {
			fmt.Fprintf(tw, "%s\t%s\n", row[0], row[1])
		}
	}
	if d := app.Delivery; d != nil {
		fmt.Fprintf(tw, "revision\t%s %s\n", Short(d.Revision), d.Message)
		fmt.Fprintf(tw, "image\t%s\n", d.Image)
		fmt.Fprintf(tw, "begun by\t%s\n", begunBy(d.StartedBy))
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	if app.Delivery == nil {
		return nil
	}
	fmt.Fprintln(out)
	for _, row := range Line(*app.Delivery, now, terminal) {
		fmt.Fprintf(out, "  %s\n", row)
	}
	if reason := waitingFor(*app.Delivery); reason != "" {
		fmt.Fprintf(out, "  %s\n", reason)
	}
	return nil
}

// begunBy is what began a delivery, in words.
func begunBy(o client.Origin) string {
	switch {
	case o.Kind == "self-heal" && o.Heals > 1:
		return fmt.Sprintf("a self-heal, the latest of %d in a row", o.Heals)
	case o.Kind == "dispatch":
		return fmt.Sprintf("a dispatch, run %d of %s", o.Run, o.By)
	case o.Kind == "rollback":
		return "a rollback to " + Short(o.To)
	}
	return "a " + o.Kind
}

// Versions writes the table of the revisions that were live.
func Versions(out io.Writer, versions []client.Version, now time.Time) error {
	tw := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(tw, "REVISION\tLIVE\tAUTHOR\tMESSAGE\tROLLBACK")
	for _, v := range versions {
		live, back := age(now.Sub(v.LiveAt))+" ago", "possible"
		if v.Live {
			live = "now"
		}
		if !v.Rollback.Allowed {
			back = v.Rollback.Reason
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\n", Short(v.Revision), live, v.Author, v.Message, back)
	}
	return tw.Flush()
}

// Why writes the sentence, what to do, and the lines that decide.
func Why(out io.Writer, why client.Why) error {
	var b strings.Builder
	if why.Phase == "" {
		fmt.Fprintf(&b, "%s: %s\n", why.App, words(why.Status))
	} else {
		fmt.Fprintf(&b, "%s: %s, %s\n", why.App, words(why.Status), why.Phase)
	}
	fmt.Fprintf(&b, "  %s\n  %s\n", why.Sentence, why.Remedy)
	for _, lines := range [][]string{why.Lines, why.Facts} {
		if len(lines) > 0 {
			fmt.Fprintf(&b, "\n    %s\n", strings.Join(lines, "\n    "))
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// Journey is the five stations without their names, for a table.
func Journey(d client.Delivery) string {
	var b strings.Builder
	for i, p := range d.Phases {
		if i > 0 {
			b.WriteString("─")
		}
		b.WriteString(marks[p.Status])
	}
	return b.String()
}

func words(status string) string { return strings.ReplaceAll(status, "_", " ") }

// Short is a commit's abbreviated name, as GitHub shows it.
func Short(revision string) string { return revision[:min(7, len(revision))] }

func age(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", int(d.Hours()))
	default:
		return fmt.Sprintf("%dd", int(d.Hours()/24))
	}
}
