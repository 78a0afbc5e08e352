package images

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
)

const npmRoot = "usr/lib/node_modules/npm"

// verify compares the file with the package's pin.
func (p Package) verify(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("package %s: %w", p.Name, err)
	}
	defer f.Close()
	h := sha512.New()
	if _, err := io.Copy(h, f); err != nil {
		return fmt.Errorf("package %s: %w", p.Name, err)
	}
	if got := "sha512-" + base64.StdEncoding.EncodeToString(h.Sum(nil)); got != p.Integrity {
		return fmt.Errorf("package %s@%s: the registry gave %s, expected %s", p.Name, p.Version, got, p.Integrity)
	}
	return nil
}

// unpackPackage copies an npm tarball's files to npmRoot within a layer.
func unpackPackage(tw *tar.Writer, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("unpack %s: %w", path.Base(file), err)
	}
	defer f.Close()
	gz, err := gzip.NewReader(f)
	if err != nil {
		return fmt.Errorf("unpack %s: %w", path.Base(file), err)
	}
	for tr := tar.NewReader(gz); ; {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("unpack %s: %w", path.Base(file), err)
		}
		if err := copyEntry(tw, h, tr); err != nil {
			return fmt.Errorf("unpack %s: %w", path.Base(file), err)
		}
	}
}

// copyEntry writes one regular file of an npm tarball, whose names all begin
// with "package/". Manuals stay behind.
func copyEntry(tw *tar.Writer, h *tar.Header, r io.Reader) error {
	_, name, ok := strings.Cut(path.Clean("/" + h.Name)[1:], "/")
	if !ok || h.Typeflag != tar.TypeReg || strings.HasPrefix(name, "man/") || strings.HasPrefix(name, "docs/") {
		return nil
	}
	out := &tar.Header{
		Name: path.Join(npmRoot, name), Typeflag: tar.TypeReg, Mode: 0o644 | h.Mode&0o111,
		Size: h.Size, ModTime: epoch, Format: tar.FormatPAX,
	}
	if err := tw.WriteHeader(out); err != nil {
		return err
	}
	_, err := io.Copy(tw, r)
	return err
}
