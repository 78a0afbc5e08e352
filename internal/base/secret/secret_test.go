package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/pronto-platform/pronto/internal/base/secret"
)

func TestASecretNeverPrints(t *testing.T) {
	s := secret.New("hunter2")
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "token", s, "struct", struct{ S secret.String }{s})
	asJSON, err := json.Marshal(map[string]any{"s": s})
	if err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{
		"%v": fmt.Sprintf("%v", s), "%+v": fmt.Sprintf("%+v", struct{ S secret.String }{s}), "%#v": fmt.Sprintf("%#v", s),
		"%s": fmt.Sprintf("<%s>", s), "slog": log.String(), "json": string(asJSON),
	} {
		if strings.Contains(text, "hunter2") {
			t.Errorf("%s printed the secret: %s", what, text)
		}
	}
	if s.Reveal() != "hunter2" || !s.Equal("hunter2") || s.Equal("hunter3") {
		t.Error("Reveal or Equal is wrong")
	}
	if (secret.String{}).Equal("") {
		t.Error("an empty secret must equal nothing")
	}
}

func TestRandomSecretsDiffer(t *testing.T) {
	a, b := secret.Random("ghp_"), secret.Random("ghp_")
	if a.Reveal() == b.Reveal() || !strings.HasPrefix(a.Reveal(), "ghp_") || len(a.Reveal()) != len("ghp_")+43 {
		t.Errorf("Random gave %q and %q", a.Reveal(), b.Reveal())
	}
}
