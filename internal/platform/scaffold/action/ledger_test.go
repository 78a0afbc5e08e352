package action

import (
	"context"
	"testing"
	"testing/fstest"

	"github.com/google/go-github/v74/github"
)

// book notes what is said to be made.
type book struct {
	noLedger
	known Thing
	made  []Thing
}

func (b *book) Find(context.Context, string, string) (Thing, bool, error) {
	return b.known, b.known.Name != "", nil
}

func (b *book) Made(_ context.Context, thing Thing) error {
	b.made = append(b.made, thing)
	return nil
}

func TestAPushClaimsNoRepositoryThatItsTaskHasNotMade(t *testing.T) {
	for known, want := range map[Thing]int{
		{}: 0, {Kind: KindRepository, Name: "apps/x", ID: "8"}: 0, {Kind: KindRepository, Name: "apps/x", ID: "7"}: 1,
	} {
		r := newRoom(t, fstest.MapFS{})
		r.withForge(t, map[string]string{})
		ledger := &book{known: known}
		r.call.Ledger = ledger
		p := publication{repository: repository{"apps", "x"}, branch: "main", source: t.TempDir(), git: t.TempDir()}
		id, address := int64(7), "file:///nowhere"
		if err := r.host.push(t.Context(), r.call, p, &github.Repository{ID: &id, CloneURL: &address}, "abc"); err == nil {
			t.Error("pushed to nowhere")
		}
		if len(ledger.made) != want {
			t.Errorf("with %+v in the ledger it wrote %+v", known, ledger.made)
		}
	}
}
