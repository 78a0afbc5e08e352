package images

import (
	"archive/tar"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"path"
	"slices"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	terror "github.com/google/go-containerregistry/pkg/v1/remote/transport"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

var emptyIndex = mutate.IndexMediaType(empty.Index, types.OCIImageIndex)

// Push uploads the image under ref, e.g. "registry.example/base/nodejs:20".
// Nothing is sent when the tag names this image already.
func Push(ctx context.Context, img v1.Image, ref string, auth authn.Authenticator, transport http.RoundTripper) error {
	tag, err := name.ParseReference(ref, name.StrictValidation)
	if err != nil {
		return fmt.Errorf("push image: %w", err)
	}
	digest, err := img.Digest()
	if err != nil {
		return fmt.Errorf("push %s: %w", ref, err)
	}
	options := []remote.Option{remote.WithContext(ctx), remote.WithAuth(auth), remote.WithTransport(transport)}
	if there, err := remote.Head(tag, options...); err == nil && there.Digest == digest {
		return nil
	}
	if err := remote.Write(tag, img, options...); err != nil {
		return fmt.Errorf("push %s: %w", ref, err)
	}
	return nil
}

// Pushed reports whether a registry holds something under ref.
func Pushed(ctx context.Context, ref string, auth authn.Authenticator, transport http.RoundTripper) (bool, error) {
	tag, err := name.ParseReference(ref, name.StrictValidation)
	if err != nil {
		return false, fmt.Errorf("look for image: %w", err)
	}
	_, err = remote.Head(tag, remote.WithContext(ctx), remote.WithAuth(auth), remote.WithTransport(transport))
	var status *terror.Error
	if errors.As(err, &status) && status.StatusCode == http.StatusNotFound {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for %s: %w", ref, err)
	}
	return true, nil
}

// SaveTar writes the images as one OCI layout tar, as `ctr images import` and
// containerd's import read it. The keys are the references they will have.
func SaveTar(w io.Writer, byRef map[string]v1.Image) error {
	index := emptyIndex
	tw := tar.NewWriter(w)
	written := map[v1.Hash]bool{}
	for _, ref := range slices.Sorted(maps.Keys(byRef)) {
		img := byRef[ref]
		if err := saveBlobs(tw, img, written); err != nil {
			return fmt.Errorf("save %s: %w", ref, err)
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: img, Descriptor: v1.Descriptor{
			Annotations: map[string]string{"io.containerd.image.name": ref, "org.opencontainers.image.ref.name": ref},
		}})
	}
	raw, err := index.RawManifest()
	if err != nil {
		return fmt.Errorf("save images: %w", err)
	}
	layoutFile, err := json.Marshal(map[string]string{"imageLayoutVersion": "1.0.0"})
	if err != nil {
		return fmt.Errorf("save images: %w", err)
	}
	return errors.Join(
		writeFiles(tw, []File{text("/oci-layout", string(layoutFile)), text("/index.json", string(raw))}),
		tw.Close(),
	)
}

func saveBlobs(tw *tar.Writer, img v1.Image, written map[v1.Hash]bool) error {
	layers, err := img.Layers()
	if err != nil {
		return err
	}
	for _, layer := range layers {
		if err := saveLayer(tw, layer, written); err != nil {
			return err
		}
	}
	config, err := img.RawConfigFile()
	if err != nil {
		return err
	}
	configName, err := img.ConfigName()
	if err != nil {
		return err
	}
	manifest, err := img.RawManifest()
	if err != nil {
		return err
	}
	digest, err := partial.Digest(img)
	if err != nil {
		return err
	}
	return errors.Join(saveBytes(tw, configName, config, written), saveBytes(tw, digest, manifest, written))
}

func saveBytes(tw *tar.Writer, digest v1.Hash, raw []byte, written map[v1.Hash]bool) error {
	if written[digest] {
		return nil
	}
	written[digest] = true
	return writeFiles(tw, []File{text(blobPath(digest), string(raw))})
}

func saveLayer(tw *tar.Writer, layer v1.Layer, written map[v1.Hash]bool) (err error) {
	digest, err := layer.Digest()
	if err != nil || written[digest] {
		return err
	}
	written[digest] = true
	size, err := layer.Size()
	if err != nil {
		return err
	}
	blob, err := layer.Compressed()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, blob.Close()) }()
	header := text(blobPath(digest), "").header()
	header.Size = size
	if err := tw.WriteHeader(header); err != nil {
		return err
	}
	_, err = io.Copy(tw, blob)
	return err
}

func blobPath(digest v1.Hash) string { return path.Join("/blobs", digest.Algorithm, digest.Hex) }
