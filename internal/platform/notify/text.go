package notify

import (
	"fmt"
	"strings"

	"github.com/pronto-platform/pronto/internal/platform/delivery"
)

// subject is an event in a few words.
func subject(m Message) string {
	switch m.Event {
	case delivery.NoticeLive:
		return m.App + " is live"
	case delivery.NoticeBack:
		return m.App + " answers again"
	case delivery.NoticeLost:
		return m.App + " does not answer any more"
	}
	if m.Phase == "" {
		return m.App + " failed"
	}
	return m.App + " failed at " + m.Phase
}

const shortRevision = 7

// about is the commit in one line: which, what it says, who made it.
func about(m Message) string {
	if m.Revision == "" {
		return ""
	}
	line := m.Revision[:min(shortRevision, len(m.Revision))]
	if m.Message != "" {
		line += " " + m.Message
	}
	if m.Author != "" {
		line += " (" + m.Author + ")"
	}
	return line
}

// letter is the text of a mail.
func letter(m Message) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s.\n\n%s\n", subject(m), m.Sentence)
	if m.Remedy != "" {
		fmt.Fprintf(&b, "%s\n", m.Remedy)
	}
	if len(m.Lines) > 0 {
		fmt.Fprintf(&b, "\n    %s\n", strings.Join(m.Lines, "\n    "))
	}
	b.WriteString("\n")
	for _, row := range [][2]string{{"Commit", about(m)}, {"Delivery", m.Page}, {"Address", m.URL}, {"Owner", m.Owner}} {
		if row[1] != "" {
			fmt.Fprintf(&b, "%-9s %s\n", row[0]+":", row[1])
		}
	}
	return b.String()
}
