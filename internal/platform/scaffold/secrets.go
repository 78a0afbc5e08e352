package scaffold

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/pronto-platform/pronto/internal/base/secret"
)

// sealPurpose keeps tasks' secrets apart from what else is sealed with the key.
const sealPurpose = "pronto scaffolder secrets of tasks"

// sealMark begins a sealed column. One without it is the JSON object that an
// earlier version wrote.
const sealMark = "sealed:"

// sealed is what the journal keeps of a task's secrets until the task has ended.
func (j journal) sealed(task string, secrets map[string]string) string {
	if len(secrets) == 0 {
		return ""
	}
	return sealMark + base64.StdEncoding.EncodeToString(j.seal.Seal(secret.New(encode(secrets)), task))
}

// open reads a task's secrets, for whoever runs it.
func (j journal) open(t Task) (secrets map[string]string, err error) {
	text, sealed := strings.CutPrefix(t.sealed, sealMark)
	if sealed {
		raw, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, fmt.Errorf("read the secrets of task %s: %w", t.ID, err)
		}
		opened, err := j.seal.Open(raw, t.ID)
		if err != nil {
			return nil, fmt.Errorf("read the secrets of task %s: %w", t.ID, err)
		}
		text = opened.Reveal()
	}
	if err := decode(text, &secrets); err != nil {
		return nil, fmt.Errorf("read the secrets of task %s: they are no JSON object", t.ID) // the cause may quote them
	}
	return secrets, nil
}
