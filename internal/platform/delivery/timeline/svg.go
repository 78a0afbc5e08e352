package timeline

import (
	"fmt"
	"strings"
)

// Measures of the picture, in its own units.
const (
	width      = 960
	margin     = 32
	nameWidth  = 252
	timeWidth  = 72
	barsLeft   = margin + nameWidth
	barsWidth  = width - margin - timeWidth - barsLeft
	rowHeight  = 20
	phaseRow   = 28
	indent     = 14
	lineHeight = 18
	maxDrawn   = 200 // spans; more cannot be read
	reasonSize = 124 // characters on a line of the reason
	nameSize   = 38
)

// style is the web app's colours, for a light and a dark page.
const style = `.panel{fill:#fff;stroke:#e3e8e5}.h{fill:#14201b;font-weight:600}.t{fill:#3d4a45}.m{fill:#66736e}.grid{stroke:#e3e8e5}.rail{stroke:#cfd8d4}` +
	`.done{fill:#1f7a5c}.running{fill:#2f7fb8}.failed{fill:#a3261d}.skipped,.waiting{fill:#7d8985}.in{stroke:#fff}.badtext{fill:#a3261d}.goodtext{fill:#17604a}.hollow{fill:#fff;stroke:#7d8985}` +
	`text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}.mono{font-family:ui-monospace,SFMono-Regular,Menlo,"DejaVu Sans Mono",monospace}` +
	`@media(prefers-color-scheme:dark){.panel{fill:#161c1a;stroke:#262f2b}.h{fill:#e8efec}.t{fill:#c3cfca}.m{fill:#93a19b}.grid{stroke:#262f2b}.rail{stroke:#34423c}` +
	`.done{fill:#4cc29a}.running{fill:#6db7e8}.failed{fill:#ff9b92}.skipped,.waiting{fill:#7f8d87}.badtext{fill:#ff9b92}.goodtext{fill:#6fd3b0}.in{stroke:#161c1a}.hollow{fill:#161c1a;stroke:#7f8d87}}`

// SVG draws the timeline: the outcome, the five stations, and each span as a
// bar on one axis of time. What did not end is hatched to the end.
func (t Timeline) SVG() string {
	spans, left := t.drawn()
	p := &picture{t: t, length: max(t.reach(), 0.1)}
	p.head()
	p.stations()
	top := p.y
	p.y += 24
	for _, s := range spans {
		p.row(s)
	}
	p.axis(top)
	if left > 0 {
		p.y += lineHeight
		p.text("m", barsLeft, p.y, 12, fmt.Sprintf("and %d more steps; the JSON has them all", left))
	}
	p.foot()
	height := p.y + margin
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="t d">`+"\n"+
		"<title id=\"t\">%s</title>\n<desc id=\"d\">%s</desc>\n<style>%s</style>\n"+
		`<defs><pattern id="open" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V6" class="in" stroke-width="3"/></pattern></defs>`+"\n"+
		`<rect class="panel" x="0.5" y="0.5" width="%d" height="%d" rx="12"/>`+"\n%s</svg>\n",
		width, height, width, height, escape(t.title()), escape(t.spoken()), style, width-1, height-1, p.out.String())
}

// drawn are the spans that the picture shows, and how many it leaves out.
func (t Timeline) drawn() (spans []Span, left int) {
	for _, s := range t.Spans {
		if s.Kind != KindDelivery {
			spans = append(spans, s)
		}
	}
	if len(spans) > maxDrawn {
		return spans[:maxDrawn], len(spans) - maxDrawn
	}
	return spans, 0
}

// reach is how many seconds the axis has: what was seen after the delivery's
// own end, such as the run's last step, belongs to it.
func (t Timeline) reach() float64 {
	length := t.Seconds
	for _, s := range t.Spans {
		length = max(length, seconds(s.Start.Sub(t.StartedAt))+s.Seconds)
	}
	return length
}

func (t Timeline) title() string {
	return strings.TrimSuffix(fmt.Sprintf("%s: delivery of %s", t.App, short(t.Revision)), ": delivery of ")
}

// Verdict is the outcome in a few words.
func (t Timeline) Verdict() string {
	switch t.Status {
	case "live":
		return fmt.Sprintf("live in %.1f s", t.Seconds)
	case "failed":
		return fmt.Sprintf("failed after %.1f s", t.Seconds)
	case "superseded":
		return fmt.Sprintf("superseded after %.1f s", t.Seconds)
	}
	return fmt.Sprintf("in progress for %.1f s", t.Seconds)
}

// spoken is the picture in words.
func (t Timeline) spoken() string {
	words := []string{t.Verdict()}
	if t.Reason != "" {
		words = append(words, t.Reason)
	}
	for _, s := range t.Stations {
		word := s.Name + " " + s.Status
		if s.Seconds > 0 {
			word += fmt.Sprintf(" %.1f s", s.Seconds)
		}
		words = append(words, word)
	}
	return strings.Join(words, "; ") + "."
}

type picture struct {
	t      Timeline
	length float64 // seconds of the axis
	y      int
	out    strings.Builder
}

func (p *picture) text(class string, x, y int, size float64, text string, more ...string) {
	fmt.Fprintf(&p.out, `<text class="%s" x="%d" y="%d" font-size="%g"%s>%s</text>`+"\n", class, x, y, size, joined(more), escape(text))
}

func joined(attributes []string) string {
	if len(attributes) == 0 {
		return ""
	}
	return " " + strings.Join(attributes, " ")
}

const toTheLeft = `text-anchor="end"`

func (p *picture) head() {
	t := p.t
	p.y = margin + 14
	p.text("h", margin, p.y, 20, cut(t.title(), 60))
	class := map[string]string{"live": "goodtext", "failed": "badtext"}[t.Status]
	p.text(class+" h", width-margin, p.y, 16, t.Verdict(), toTheLeft)
	p.y += 22
	p.text("m", margin, p.y, 13, cut(p.subtitle(), 130))
	for _, line := range wrap(t.Reason, reasonSize, 3) {
		p.y += lineHeight
		p.text("badtext", margin, p.y, 14, line)
	}
	p.y += 34
}

func (p *picture) subtitle() string {
	t := p.t
	parts := []string{t.StartedAt.UTC().Format("2006-01-02 15:04:05 MST")}
	if t.StartedBy != "" {
		parts = append(parts, "begun by a "+t.StartedBy)
	}
	if t.Message != "" {
		parts = append(parts, t.Message)
	}
	if t.Author != "" {
		parts = append(parts, t.Author)
	}
	return strings.Join(parts, " · ")
}

// stations is the line with the five marks.
func (p *picture) stations() {
	n := len(p.t.Stations)
	if n == 0 {
		return
	}
	gap := (width - 4*margin) / max(n-1, 1)
	first := 2 * margin
	fmt.Fprintf(&p.out, `<path class="rail" d="M%d %dH%d" stroke-width="4" stroke-linecap="round"/>`+"\n", first, p.y, first+gap*(n-1))
	for i, s := range p.t.Stations {
		x := first + gap*i
		p.mark(x, p.y, s.Status)
		p.text("h", x, p.y+28, 14, s.Name, `text-anchor="middle"`)
		took := s.Status
		if s.Status != Waiting && s.Status != Skipped {
			took = fmt.Sprintf("%.1f s", s.Seconds)
		}
		p.text("m", x, p.y+45, 12, took, `text-anchor="middle"`)
	}
	p.y += 76
}

// mark is a station: its shape tells its status without its colour.
func (p *picture) mark(x, y int, status string) {
	switch status {
	case Waiting:
		fmt.Fprintf(&p.out, `<circle class="hollow" cx="%d" cy="%d" r="9" stroke-width="2.5"/>`+"\n", x, y)
		return
	case Skipped:
		fmt.Fprintf(&p.out, `<circle class="hollow" cx="%d" cy="%d" r="9" stroke-width="2.5"/><path class="hollow" d="M%d %dh8" stroke-width="2.5"/>`+"\n", x, y, x-4, y)
		return
	}
	fmt.Fprintf(&p.out, `<circle class="%s" cx="%d" cy="%d" r="10"/>`, word(status), x, y)
	switch status {
	case Done:
		fmt.Fprintf(&p.out, `<path class="in" d="M%d %dl3 3.5 6 -7" fill="none" stroke-width="2"/>`, x-4, y)
	case Failed:
		fmt.Fprintf(&p.out, `<path class="in" d="M%d %dl8 8m0 -8l-8 8" stroke-width="2"/>`, x-4, y-4)
	default:
		fmt.Fprintf(&p.out, `<path class="in" d="M%d %dv8" stroke-width="2"/>`, x, y-4)
	}
	p.out.WriteByte('\n')
}

func (p *picture) row(s Span) {
	height, bar, class, size := rowHeight, 8, "t", 12.5
	if s.Kind == KindPhase {
		height, bar, class, size = phaseRow, 14, "h", 14
	}
	p.y += height
	middle := p.y - height/2
	nested := indent * max(s.depth-1, 0)
	if s.Status == Failed {
		class += " badtext"
	}
	p.text(class, margin+nested, middle+4, size, cut(s.Name, nameSize-nested/6))
	p.bar(s, middle-bar/2, bar)
	p.text("m", width-margin, middle+4, 12, fmt.Sprintf("%.1f s", s.Seconds), toTheLeft)
}

func (p *picture) bar(s Span, y, height int) {
	x, end := p.at(seconds(s.Start.Sub(p.t.StartedAt))), p.at(seconds(s.Start.Sub(p.t.StartedAt))+s.Seconds)
	w := max(end-x, 2)
	fmt.Fprintf(&p.out, `<rect class="%s" x="%.1f" y="%d" width="%.1f" height="%d" rx="2"><title>%s</title></rect>`, word(s.Status), x, y, w, height, escape(said(s)))
	if s.End == nil {
		fmt.Fprintf(&p.out, `<rect fill="url(#open)" x="%.1f" y="%d" width="%.1f" height="%d"/>`, x, y, w, height)
	}
	p.out.WriteByte('\n')
}

func said(s Span) string {
	text := fmt.Sprintf("%s: %s, %.1f s from %s", s.Name, s.Status, s.Seconds, s.Start.UTC().Format("15:04:05.000"))
	if s.Reason != "" {
		text += "; " + s.Reason
	}
	return text
}

func (p *picture) at(second float64) float64 {
	return barsLeft + float64(barsWidth)*min(max(second/p.length, 0), 1)
}

// axis marks round numbers of seconds down all rows.
func (p *picture) axis(top int) {
	step := tick(p.length)
	for second := 0.0; second <= p.length; second += step {
		x := p.at(second)
		fmt.Fprintf(&p.out, `<path class="grid" d="M%.1f %dV%d" opacity="0.6"/>`, x, top+18, p.y)
		p.text("m", int(x), top+10, 11, fmt.Sprintf("%g s", second), `text-anchor="middle"`)
	}
}

var steps = []float64{0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600}

// tick is the distance of the axis' marks: at most eight of them.
func tick(length float64) float64 {
	for _, step := range steps {
		if length/step <= 8 {
			return step
		}
	}
	return length / 8
}

func (p *picture) foot() {
	p.y += 30
	p.text("m mono", margin, p.y, 11, "trace "+p.t.TraceID)
	if p.t.Revision != "" {
		p.text("m mono", width-margin, p.y, 11, "revision "+cut(p.t.Revision, 40), toTheLeft)
	}
}
