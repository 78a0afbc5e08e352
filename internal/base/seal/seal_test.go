package seal

import (
	"bytes"
	"testing"

	"github.com/pronto-platform/pronto/internal/base/secret"
)

func sealer(t *testing.T, key, purpose string) Sealer {
	t.Helper()
	s, err := New(secret.New(key), purpose)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWhatIsSealedOpensForItsOwnerAndPurposeAlone(t *testing.T) {
	s := sealer(t, "key", "one")
	sealed := s.Seal(secret.New("hunter2"), "ana")
	if bytes.Contains(sealed, []byte("hunter2")) || bytes.Equal(sealed, s.Seal(secret.New("hunter2"), "ana")) {
		t.Errorf("sealed %q", sealed)
	}
	if open, err := s.Open(sealed, "ana"); err != nil || open.Reveal() != "hunter2" {
		t.Errorf("opened %q, %v", open.Reveal(), err)
	}
	for what, fails := range map[string]func() (secret.String, error){
		"another owner":   func() (secret.String, error) { return s.Open(sealed, "eve") },
		"another purpose": func() (secret.String, error) { return sealer(t, "key", "two").Open(sealed, "ana") },
		"another key":     func() (secret.String, error) { return sealer(t, "other", "one").Open(sealed, "ana") },
		"a part of it":    func() (secret.String, error) { return s.Open(sealed[:len(sealed)-1], "ana") },
	} {
		if _, err := fails(); err == nil {
			t.Errorf("it opens for %s", what)
		}
	}
	if _, err := New(secret.String{}, "one"); err == nil {
		t.Error("an empty key is taken")
	}
}
