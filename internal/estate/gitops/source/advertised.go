package source

import (
	"context"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/transport"
	githttp "github.com/go-git/go-git/v5/plumbing/transport/http"
)

// Names reports whether revision names the commit sha in the repository at url,
// by one request at most and without git's processes. False also means that it could
// not be told this way; Resolve tells.
func (r *Repositories) Names(ctx context.Context, url, revision, sha string) bool {
	if commitID.MatchString(revision) {
		return revision == sha // it never names another
	}
	if r.remote.Origin == "" || !strings.HasPrefix(url, r.remote.Origin) {
		return false // it may need the machine's authorities, which git knows
	}
	refs, err := r.advertised(ctx, url)
	if err != nil {
		return false
	}
	for _, name := range candidates(revision) {
		if commit, ok := tip(refs, name); ok {
			return commit == sha
		}
	}
	return false
}

func (r *Repositories) advertised(ctx context.Context, url string) (*packp.AdvRefs, error) {
	endpoint, err := transport.NewEndpoint(url)
	if err != nil {
		return nil, err
	}
	session, err := githttp.NewClient(r.client).NewUploadPackSession(endpoint, r.auth())
	if err != nil {
		return nil, err
	}
	return session.AdvertisedReferencesContext(ctx)
}

func (r *Repositories) auth() transport.AuthMethod {
	if r.remote.Token.IsZero() {
		return nil
	}
	return &githttp.BasicAuth{Username: r.remote.Login(), Password: r.remote.Token.Reveal()}
}

// tip is the commit of a ref, of an annotated tag the one it points to.
func tip(refs *packp.AdvRefs, name string) (string, bool) {
	switch peeled, tagged := refs.Peeled[name]; {
	case name == "HEAD":
		return idOf(refs.Head)
	case tagged:
		return peeled.String(), true
	}
	hash, there := refs.References[name]
	return hash.String(), there
}

func idOf(hash *plumbing.Hash) (string, bool) {
	if hash == nil {
		return "", false
	}
	return hash.String(), true
}
