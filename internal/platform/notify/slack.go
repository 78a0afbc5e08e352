package notify

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/pronto-platform/pronto/internal/base/secret"
)

// Slack posts to an incoming webhook of Slack, or of what takes the same, such
// as Mattermost and Rocket.Chat.
type Slack struct{ poster }

// NewSlack makes the channel of an incoming webhook; its address is a secret.
func NewSlack(address secret.String, client *http.Client, version string) (*Slack, error) {
	p, err := newPoster(address, client, version)
	return &Slack{p}, err
}

type slackBody struct {
	Text   string       `json:"text"` // of a notification, and where blocks are not known
	Blocks []slackBlock `json:"blocks"`
}

type slackBlock struct {
	Type     string      `json:"type"`
	Text     *slackText  `json:"text,omitempty"`
	Elements []slackText `json:"elements,omitempty"`
}

type slackText struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

// maxSlackText is what a section may have, in characters, with some to spare for escapes.
const maxSlackText = 2500

// slackOf is a message as Slack's blocks have it (https://docs.slack.dev/reference/block-kit).
func slackOf(m Message) slackBody {
	section := func(text string) slackBlock {
		return slackBlock{Type: "section", Text: &slackText{"mrkdwn", text}}
	}
	said := []string{mark(m.Event) + " *<" + m.Page + "|" + escape(subject(m)) + ">*", escape(m.Sentence)}
	if m.Remedy != "" {
		said = append(said, "_"+escape(m.Remedy)+"_")
	}
	body := slackBody{Text: escape(subject(m) + ": " + m.Sentence), Blocks: []slackBlock{section(strings.Join(said, "\n"))}}
	if len(m.Lines) > 0 {
		body.Blocks = append(body.Blocks, section("```"+escape(fitting(strings.Join(m.Lines, "\n")))+"```"))
	}
	if about := about(m); about != "" {
		body.Blocks = append(body.Blocks, slackBlock{Type: "context", Elements: []slackText{{"mrkdwn", escape(about)}}})
	}
	return body
}

// fitting shortens text to what a section may have.
func fitting(text string) string {
	characters := []rune(text)
	if len(characters) <= maxSlackText {
		return text
	}
	return string(characters[:maxSlackText-1]) + "…"
}

func mark(event string) string {
	if kind(event) == OnLive {
		return ":large_green_circle:"
	}
	return ":red_circle:"
}

// escape keeps text from being read as Slack's markup: nobody is called by a
// commit's message.
func escape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

// Send implements Channel.
func (s *Slack) Send(ctx context.Context, m Message) error {
	body, err := json.Marshal(slackOf(m))
	if err != nil {
		return refusedError{err}
	}
	return s.post(ctx, body, http.Header{})
}
