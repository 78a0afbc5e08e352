// Package images puts images into the node's containerd without a registry:
// the sandbox image, which is made here, and archives given by the host.
package images

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"runtime"
	"time"

	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/containerd/containerd/v2/core/images"
)

// entry is a file of an archive.
type entry struct {
	name string
	mode int64
	body []byte
}

// Pause is an OCI layout archive with one image, named reference, that holds
// nothing but the program. The same program gives the same digest.
func Pause(reference string, program []byte) (io.Reader, error) {
	layer, err := archive([]entry{{"pause", 0o755, program}})
	if err != nil {
		return nil, err
	}
	created := time.Unix(0, 0).UTC()
	config, err := json.Marshal(ocispec.Image{
		Created:  &created,
		Platform: ocispec.Platform{Architecture: runtime.GOARCH, OS: "linux"},
		Config:   ocispec.ImageConfig{Entrypoint: []string{"/pause"}, User: "65535:65535", WorkingDir: "/"},
		RootFS:   ocispec.RootFS{Type: "layers", DiffIDs: []digest.Digest{digest.FromBytes(layer)}},
	})
	if err != nil {
		return nil, err
	}
	manifest, err := json.Marshal(ocispec.Manifest{
		Versioned: specs.Versioned{SchemaVersion: 2},
		MediaType: ocispec.MediaTypeImageManifest,
		Config:    describe(ocispec.MediaTypeImageConfig, config),
		Layers:    []ocispec.Descriptor{describe(ocispec.MediaTypeImageLayer, layer)},
	})
	if err != nil {
		return nil, err
	}
	return layout(reference, manifest, config, layer)
}

// layout packs blobs as the OCI image layout says:
// https://github.com/opencontainers/image-spec/blob/main/image-layout.md
func layout(reference string, manifest []byte, blobs ...[]byte) (io.Reader, error) {
	top := describe(ocispec.MediaTypeImageManifest, manifest)
	top.Annotations = map[string]string{images.AnnotationImageName: reference}
	index, err := json.Marshal(ocispec.Index{
		Versioned: specs.Versioned{SchemaVersion: 2},
		MediaType: ocispec.MediaTypeImageIndex,
		Manifests: []ocispec.Descriptor{top},
	})
	if err != nil {
		return nil, err
	}
	version, err := json.Marshal(ocispec.ImageLayout{Version: ocispec.ImageLayoutVersion})
	if err != nil {
		return nil, err
	}
	entries := []entry{{ocispec.ImageLayoutFile, 0o644, version}, {ocispec.ImageIndexFile, 0o644, index}}
	for _, blob := range append([][]byte{manifest}, blobs...) {
		entries = append(entries, entry{"blobs/sha256/" + digest.FromBytes(blob).Encoded(), 0o644, blob})
	}
	packed, err := archive(entries)
	return bytes.NewReader(packed), err
}

func describe(mediaType string, blob []byte) ocispec.Descriptor {
	return ocispec.Descriptor{MediaType: mediaType, Digest: digest.FromBytes(blob), Size: int64(len(blob))}
}

func archive(entries []entry) ([]byte, error) {
	var buffer bytes.Buffer
	packer := tar.NewWriter(&buffer)
	for _, e := range entries {
		header := &tar.Header{Name: e.name, Mode: e.mode, Size: int64(len(e.body)), Typeflag: tar.TypeReg, ModTime: time.Unix(0, 0)}
		if err := packer.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := packer.Write(e.body); err != nil {
			return nil, err
		}
	}
	err := packer.Close()
	return buffer.Bytes(), err
}

// pauseOf reads the program and makes its archive.
func pauseOf(reference, program string) (io.Reader, error) {
	raw, err := os.ReadFile(program)
	if err != nil {
		return nil, err
	}
	return Pause(reference, raw)
}
