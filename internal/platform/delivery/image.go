package delivery

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// images reads and deletes the images of applications.
type images struct {
	names     Names
	auth      authn.Authenticator
	transport http.RoundTripper
}

func (i images) options(ctx context.Context) []remote.Option {
	return []remote.Option{remote.WithContext(ctx), remote.WithAuth(i.auth), remote.WithTransport(i.transport),
		remote.WithRetryBackoff(remote.Backoff{Steps: 1})}
}

// find asks for the manifest of a revision's tag; nil while there is none.
func (i images) find(ctx context.Context, app, revision string) (*ImageFact, error) {
	reference, err := name.NewTag(i.names.Image(app) + ":sha-" + short(revision))
	if err != nil {
		return nil, fmt.Errorf("image of %s: %w", app, err)
	}
	descriptor, err := remote.Head(reference, i.options(ctx)...)
	if absent(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read image %s: %w", reference, err)
	}
	return &ImageFact{Reference: reference.String(), Digest: descriptor.Digest.String()}, nil
}

// has reports whether the registry has an image of the application.
func (i images) has(ctx context.Context, app, digest string) (bool, error) {
	reference, err := name.NewDigest(i.names.Image(app) + "@" + digest)
	if err != nil {
		return false, fmt.Errorf("image of %s: %w", app, err)
	}
	_, err = remote.Head(reference, i.options(ctx)...)
	if absent(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read image %s: %w", reference, err)
	}
	return true, nil
}

// remove deletes every tag and manifest and reports whether none is left.
func (i images) remove(ctx context.Context, app string) (bool, error) {
	repository, err := name.NewRepository(i.names.Image(app))
	if err != nil {
		return false, fmt.Errorf("images of %s: %w", app, err)
	}
	tags, err := remote.List(repository, i.options(ctx)...)
	if absent(err) || (err == nil && len(tags) == 0) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("list images %s: %w", repository, err)
	}
	for _, tag := range tags {
		if err := i.removeTag(ctx, repository.Tag(tag)); err != nil {
			return false, err
		}
	}
	return false, nil // the next look proves it
}

func (i images) removeTag(ctx context.Context, tag name.Tag) error {
	descriptor, err := remote.Head(tag, i.options(ctx)...)
	if absent(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read image %s: %w", tag, err)
	}
	digest := tag.Digest(descriptor.Digest.String())
	if err := remote.Delete(digest, i.options(ctx)...); err != nil && !absent(err) {
		return fmt.Errorf("delete image %s: %w", digest, err)
	}
	if err := remote.Delete(tag, i.options(ctx)...); err != nil && !absent(err) {
		return fmt.Errorf("delete image %s: %w", tag, err)
	}
	return nil
}

func absent(err error) bool {
	var e *transport.Error
	return errors.As(err, &e) && e.StatusCode == http.StatusNotFound
}
