package images

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"
	"path"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/klauspost/compress/zstd"
)

// epoch is the time of every file made here, and the latest of those taken
// from packages: equal content gives equal digests.
var epoch = time.Unix(1735689600, 0).UTC()

// File is a directory, a symbolic link or a small text of an image.
type File struct {
	Path    string // absolute
	Mode    int64
	Owner   int // user and group
	Dir     bool
	Link    string // target, for a symbolic link
	Content string
}

func text(name, content string) File { return File{Path: name, Mode: 0o644, Content: content} }

func link(name, target string) File { return File{Path: name, Mode: 0o777, Link: target} }

func directory(name string, owner int) File {
	return File{Path: name, Mode: 0o755, Owner: owner, Dir: true}
}

func (f File) header() *tar.Header {
	h := &tar.Header{
		Name: strings.TrimPrefix(path.Clean(f.Path), "/"), Mode: f.Mode, Uid: f.Owner, Gid: f.Owner,
		ModTime: epoch, Typeflag: tar.TypeReg, Size: int64(len(f.Content)), Format: tar.FormatPAX,
	}
	switch {
	case f.Dir:
		h.Typeflag, h.Name, h.Size = tar.TypeDir, h.Name+"/", 0
	case f.Link != "":
		h.Typeflag, h.Linkname, h.Size = tar.TypeSymlink, f.Link, 0
	}
	return h
}

func writeFiles(tw *tar.Writer, files []File) error {
	for _, f := range files {
		if err := tw.WriteHeader(f.header()); err != nil {
			return fmt.Errorf("layer file %s: %w", f.Path, err)
		}
		if f.Dir || f.Link != "" {
			continue
		}
		if _, err := io.WriteString(tw, f.Content); err != nil {
			return fmt.Errorf("layer file %s: %w", f.Path, err)
		}
	}
	return nil
}

// packed is a layer whose digests were taken while it was written. It is
// compressed with zstd at its fastest: unpacking on the node is what a person
// waits for.
type packed struct {
	open           func() (io.ReadCloser, error)
	digest, diffID v1.Hash
	size           int64
}

func (p packed) Digest() (v1.Hash, error)            { return p.digest, nil }
func (p packed) DiffID() (v1.Hash, error)            { return p.diffID, nil }
func (p packed) Size() (int64, error)                { return p.size, nil }
func (p packed) Compressed() (io.ReadCloser, error)  { return p.open() }
func (p packed) MediaType() (types.MediaType, error) { return types.OCILayerZStd, nil }
func (p packed) layer() (v1.Layer, error)            { return partial.CompressedToLayer(p) }
func sum(h hash.Hash) v1.Hash {
	return v1.Hash{Algorithm: "sha256", Hex: hex.EncodeToString(h.Sum(nil))}
}
func inMemory(b []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
}

// pack compresses what fill writes into w.
func pack(w io.Writer, fill func(io.Writer) error) (packed, error) {
	digest, diffID := sha256.New(), sha256.New()
	count := &counter{w: io.MultiWriter(w, digest)}
	// One encoder, because parallel ones may cut blocks at other places.
	enc, err := zstd.NewWriter(count, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return packed{}, fmt.Errorf("compress layer: %w", err)
	}
	if err := fill(io.MultiWriter(enc, diffID)); err != nil {
		_ = enc.Close() // the layer is given up: fill's error is the one that counts
		return packed{}, err
	}
	if err := enc.Close(); err != nil {
		return packed{}, fmt.Errorf("compress layer: %w", err)
	}
	return packed{digest: sum(digest), diffID: sum(diffID), size: count.n}, nil
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// filesLayer is a small layer held in memory.
func filesLayer(files []File) (v1.Layer, error) {
	var buf bytes.Buffer
	p, err := pack(&buf, func(w io.Writer) error {
		tw := tar.NewWriter(w)
		if err := writeFiles(tw, files); err != nil {
			return err
		}
		return tw.Close()
	})
	if err != nil {
		return nil, err
	}
	p.open = inMemory(buf.Bytes())
	return p.layer()
}

// binaryLayer holds one executable, owned by root.
func binaryLayer(source, target string) (v1.Layer, error) {
	raw, err := os.ReadFile(source)
	if err != nil {
		return nil, fmt.Errorf("image binary: %w", err)
	}
	if !bytes.HasPrefix(raw, []byte("\x7fELF")) {
		return nil, fmt.Errorf("image binary %s: not a Linux executable", source)
	}
	return filesLayer([]File{{Path: target, Mode: 0o755, Content: string(raw)}})
}
