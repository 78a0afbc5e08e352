package snapshot

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// extract unpacks a tar.gz without the one directory that everything is in.
// The root refuses what would lie outside.
func extract(root *os.Root, archive io.Reader) error {
	unzipped, err := gzip.NewReader(archive)
	if err != nil {
		return fmt.Errorf("read the archive: %w", err)
	}
	defer unzipped.Close()
	left, entries := newBudget(), tar.NewReader(unzipped)
	for {
		header, err := entries.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the archive: %w", err)
		}
		_, name, below := strings.Cut(strings.TrimSuffix(header.Name, "/"), "/")
		if !below {
			continue
		}
		if err := unpack(root, name, header, entries, left); err != nil {
			return fmt.Errorf("unpack %s: %w", name, err)
		}
	}
}

func unpack(root *os.Root, name string, header *tar.Header, content io.Reader, left *budget) error {
	switch header.Typeflag {
	case tar.TypeDir:
		return root.MkdirAll(name, 0o700)
	case tar.TypeReg:
		if err := left.take(header.Size); err != nil {
			return err
		}
		return writeFile(root, name, header.FileInfo().Mode(), content, header.Size)
	case tar.TypeSymlink:
		return writeLink(root, name, header.Linkname, left)
	}
	return nil
}

// writeLink keeps a link as it is; what it leads to is opened through the
// root, which it cannot leave.
func writeLink(root *os.Root, name, leadsTo string, left *budget) error {
	if err := left.take(0); err != nil {
		return err
	}
	if err := root.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	return root.Symlink(leadsTo, name)
}

// copyTree copies a directory without its .git, and sums it up.
func copyTree(to, from *os.Root, sum *checksum) error {
	left := newBudget()
	return fs.WalkDir(from.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == ".git":
			return fs.SkipDir
		case entry.Type()&fs.ModeSymlink != 0:
			leadsTo, err := from.Readlink(name)
			if err != nil {
				return err
			}
			sum.add("link", name, leadsTo)
			return writeLink(to, name, leadsTo, left)
		case !entry.Type().IsRegular():
			return nil
		}
		return copyFile(to, from, name, sum, left)
	})
}

func copyFile(to, from *os.Root, name string, sum *checksum, left *budget) error {
	file, err := from.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if err := left.take(info.Size()); err != nil {
		return err
	}
	sum.add("file", name, fmt.Sprint(info.Mode()&0o111 != 0, info.Size()))
	return writeFile(to, name, info.Mode(), io.TeeReader(file, sum.sum()), info.Size())
}

// checksum identifies the content of a directory.
type checksum struct{ hash hash.Hash }

func (c *checksum) sum() hash.Hash {
	if c.hash == nil {
		c.hash = sha256.New()
	}
	return c.hash
}

func (c *checksum) add(words ...string) {
	fmt.Fprintf(c.sum(), "%q\n", words)
}

func (c *checksum) id() string { return hex.EncodeToString(c.sum().Sum(nil)) }
