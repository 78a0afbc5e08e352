package cli

import (
	"context"
	"fmt"
	"io"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pronto-platform/pronto/internal/client"
)

const latest = "latest"

// DeliveryID is the id of the delivery that is meant: by its id or revision, or
// the beginning of either; without one, the latest. What is not among the
// latest deliveries is left to the portal to find.
func DeliveryID(ctx context.Context, c *client.Client, name string, wanted ...string) (string, error) {
	if len(wanted) == 0 || wanted[0] == latest {
		return latest, nil
	}
	list, err := c.Deliveries(ctx, name)
	if err != nil {
		return "", err
	}
	for _, d := range list {
		if strings.HasPrefix(d.ID, wanted[0]) || strings.HasPrefix(d.Revision, wanted[0]) {
			return d.ID, nil
		}
	}
	return wanted[0], nil
}

// Measures of the waterfall, in columns.
const (
	mostName   = 44
	leastBars  = 20
	timeColumn = 10
)

// waterfall draws spans as bars on one axis of time.
type waterfall struct {
	line   client.Timeline
	length float64 // seconds of the axis
	names  int     // columns
	bars   int     // columns
	colour bool
	depth  map[string]int // by span id
}

// Timeline writes a delivery's outcome, its stations, and each span as a bar on
// one axis of time, width columns wide. What was not seen to end is drawn light.
func Timeline(out io.Writer, line client.Timeline, width int, colour bool) error {
	w := newWaterfall(line, width, colour)
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", strings.Join(w.head(), " · "))
	if line.Reason != "" {
		fmt.Fprintf(&b, "  %s\n", w.paint(line.Status, line.Reason))
	}
	fmt.Fprintf(&b, "\n%s\n", w.axis())
	for _, s := range line.Spans {
		if s.Parent != "" {
			fmt.Fprintf(&b, "%s\n", w.row(s))
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func newWaterfall(line client.Timeline, width int, colour bool) waterfall {
	w := waterfall{line: line, length: max(line.Seconds, 0.1), colour: colour, depth: map[string]int{}}
	for _, s := range line.Spans {
		w.length = max(w.length, s.Start.Sub(line.StartedAt).Seconds()+s.Seconds)
		if s.Parent != "" {
			w.depth[s.ID] = w.depth[s.Parent] + 1
			w.names = max(w.names, 2*w.depth[s.ID]+2+utf8.RuneCountInString(s.Name))
		}
	}
	w.names = min(w.names, mostName, max(width-timeColumn-leastBars, leastBars))
	w.bars = max(width-w.names-timeColumn, leastBars)
	return w
}

// head is what the delivery is and how it ended.
func (w waterfall) head() []string {
	t := w.line
	verdict := map[string]string{"live": "live in", "failed": "failed after", "superseded": "superseded after"}[t.Status]
	if verdict == "" {
		verdict = "in progress for"
	}
	parts := []string{t.App, w.paint(t.Status, fmt.Sprintf("%s %.1f s", verdict, t.Seconds)), t.StartedAt.UTC().Format(time.DateTime + " MST"), "begun by a " + t.StartedBy}
	if t.Revision != "" {
		parts = append(parts, strings.TrimSpace(Short(t.Revision)+" "+t.Message))
	}
	return parts
}

// paint colours what is good and what is bad.
func (w waterfall) paint(status, text string) string {
	if status == "live" {
		status = "done"
	}
	if c := colours[status]; w.colour && c != "" {
		return c + text + reset
	}
	return text
}

// row is one span: its mark and name, its bar, its seconds.
func (w waterfall) row(s client.Span) string {
	name := fit(strings.Repeat("  ", w.depth[s.ID]-1)+marks[s.Status]+" "+s.Name, w.names)
	begin := s.Start.Sub(w.line.StartedAt).Seconds()
	first := min(w.column(begin), w.bars-1)
	last := min(max(w.column(begin+s.Seconds), first+1), w.bars)
	fill := "█"
	if s.End == nil {
		fill = "░"
	}
	bar := strings.Repeat(" ", first) + w.paint(s.Status, strings.Repeat(fill, last-first)) + strings.Repeat(" ", w.bars-last)
	return fmt.Sprintf("%s %s %6.1f s", w.paint(failedOnly(s.Status), name), bar, s.Seconds)
}

// failedOnly is the status where a name is to stand out.
func failedOnly(status string) string {
	if status == "failed" {
		return status
	}
	return ""
}

// column is where a second stands on the axis.
func (w waterfall) column(second float64) int {
	return int(math.Round(min(max(second/w.length, 0), 1) * float64(w.bars)))
}

// ticks are the distances between the axis' marks, in seconds.
var ticks = []float64{0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600}

const mostTicks = 5

// axis is the row of round numbers of seconds above the bars.
func (w waterfall) axis() string {
	step := w.length / mostTicks
	for _, t := range ticks {
		if w.length/t <= mostTicks {
			step = t
			break
		}
	}
	row := []rune(strings.Repeat(" ", w.bars))
	for n := 0; float64(n)*step <= w.length; n++ {
		label := []rune(fmt.Sprintf("%g s", math.Round(float64(n)*step*10)/10))
		if at := w.column(float64(n) * step); at+len(label) <= len(row) {
			copy(row[at:], label)
		}
	}
	return strings.TrimRight(strings.Repeat(" ", w.names+1)+string(row), " ")
}

// fit makes text exactly so many columns wide.
func fit(text string, columns int) string {
	characters := []rune(text)
	if len(characters) > columns {
		return string(characters[:columns-1]) + "…"
	}
	return text + strings.Repeat(" ", columns-len(characters))
}
