package webhook_test

import (
	"testing"

	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/estate/forge/webhook"
)

func TestSignIsGitHubsTestVector(t *testing.T) {
	_, sum := webhook.Sign(secret.New("It's a Secret to Everybody"), []byte("Hello, World!"))
	if want := "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"; sum != want {
		t.Errorf("Sign = %s, want %s", sum, want)
	}
}
