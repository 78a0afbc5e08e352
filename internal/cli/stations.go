// Package cli is what the command shows: the journey as a line of five
// stations, tables, and JSON where data is asked for.
package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/pronto-platform/pronto/internal/client"
)

// marks are the stations' shapes: shape first, colour second, so that they
// read in grey too.
var marks = map[string]string{"waiting": "○", "running": "◐", "done": "●", "failed": "✕", "skipped": "–"}

var colours = map[string]string{"running": "\x1b[36m", "done": "\x1b[32m", "failed": "\x1b[31m"}

const (
	reset        = "\x1b[0m"
	stationWidth = 10
)

// Line is the three rows of a delivery: stations, names, seconds.
func Line(d client.Delivery, now time.Time, colour bool) [3]string {
	var rows [3]strings.Builder
	for i, p := range d.Phases {
		mark := marks[p.Status]
		if c := colours[p.Status]; colour && c != "" {
			mark = c + mark + reset
		}
		rail := strings.Repeat("─", stationWidth-1)
		if i == len(d.Phases)-1 {
			rail = ""
		}
		rows[0].WriteString(mark + rail)
		fmt.Fprintf(&rows[1], "%-*s", stationWidth, p.Name)
		fmt.Fprintf(&rows[2], "%-*s", stationWidth, seconds(p, now))
	}
	return [3]string{rows[0].String(), strings.TrimRight(rows[1].String(), " "), strings.TrimRight(rows[2].String(), " ")}
}

func seconds(p client.Phase, now time.Time) string {
	switch {
	case p.Status == "running" && p.StartedAt != nil:
		return fmt.Sprintf("%.1f s…", now.Sub(*p.StartedAt).Seconds())
	case p.StartedAt == nil || p.Status == "skipped":
		return ""
	default:
		return fmt.Sprintf("%.1f s", p.Seconds)
	}
}

// Progress shows a delivery as it goes: redrawn in place on a terminal, one
// line for each change in a pipe.
type Progress struct {
	Out      io.Writer
	Terminal bool
	drawn    int               // rows on the screen that the next drawing replaces
	told     map[string]string // phase -> status already written, in a pipe
}

// Show draws the delivery as it is now.
func (p *Progress) Show(d client.Delivery, now time.Time) {
	if p.Terminal {
		p.redraw(d, now)
		return
	}
	p.lines(d)
}

func (p *Progress) redraw(d client.Delivery, now time.Time) {
	if p.drawn > 0 {
		fmt.Fprintf(p.Out, "\x1b[%dA\x1b[J", p.drawn)
	}
	rows := Line(d, now, true)
	p.drawn = len(rows)
	for _, row := range rows {
		fmt.Fprintf(p.Out, "  %s\n", row)
	}
	if reason := waitingFor(d); reason != "" {
		fmt.Fprintf(p.Out, "  %s\n", reason)
		p.drawn++
	}
}

func (p *Progress) lines(d client.Delivery) {
	if p.told == nil {
		p.told = map[string]string{}
	}
	for _, phase := range d.Phases {
		if phase.Status == "waiting" || p.told[phase.Name] == phase.Status {
			continue
		}
		p.told[phase.Name] = phase.Status
		text := fmt.Sprintf("%-7s %-7s", phase.Name, phase.Status)
		if phase.Status == "done" || phase.Status == "failed" {
			text += fmt.Sprintf(" %6.1f s", phase.Seconds)
		}
		if phase.Reason != "" {
			text += "  " + phase.Reason
		}
		fmt.Fprintln(p.Out, strings.TrimRight(text, " "))
	}
}

// waitingFor is the sentence of the phase that decides: a failed one, else the first that runs.
func waitingFor(d client.Delivery) string {
	for _, status := range []string{"failed", "running"} {
		for _, p := range d.Phases {
			if p.Status == status && p.Reason != "" {
				return p.Reason
			}
		}
	}
	return ""
}
