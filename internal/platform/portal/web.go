package portal

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"log/slog"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
)

// web serves the built web app. An address that is no file is the app's own
// page, which reads the address itself.
type web struct {
	files fs.FS
	log   *slog.Logger
	mu    sync.Mutex
	known map[string]*asset
}

// asset is a file ready to be sent.
type asset struct {
	etag, kind   string
	plain, small []byte // small is gzip's; nil where it gains nothing
}

func newWeb(files fs.FS, log *slog.Logger) *web {
	return &web{files: files, log: log, known: map[string]*asset{}}
}

func (h *web) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		writeProblem(w, r, h.log, problem(http.StatusMethodNotAllowed, "only GET and HEAD are served here"))
		return
	}
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	file, err := h.load(name)
	if errors.Is(err, fs.ErrNotExist) && path.Ext(name) == "" {
		name = "index.html"
		file, err = h.load(name)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		writeProblem(w, r, h.log, problem(http.StatusNotFound, "there is no such file"))
	case err != nil:
		writeProblem(w, r, h.log, err)
	default:
		h.send(w, r, name, file)
	}
}

// load reads a file once; the files are part of the program.
func (h *web) load(name string) (*asset, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if file, ok := h.known[name]; ok {
		return file, nil
	}
	if info, err := fs.Stat(h.files, name); err != nil || info.IsDir() {
		return nil, fs.ErrNotExist
	}
	content, err := fs.ReadFile(h.files, name)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(content)
	file := &asset{etag: `"` + hex.EncodeToString(sum[:8]) + `"`, kind: mime.TypeByExtension(path.Ext(name)), plain: content}
	if file.small, err = compress(content); err != nil {
		return nil, err
	}
	if file.kind == "" {
		file.kind = http.DetectContentType(content)
	}
	h.known[name] = file
	return file, nil
}

func compress(content []byte) ([]byte, error) {
	var buffer bytes.Buffer
	writer, err := gzip.NewWriterLevel(&buffer, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := writer.Write(content); err != nil {
		return nil, err
	}
	if err := writer.Close(); err != nil {
		return nil, err
	}
	if buffer.Len() >= len(content) {
		return nil, nil
	}
	return buffer.Bytes(), nil
}

func (h *web) send(w http.ResponseWriter, r *http.Request, name string, file *asset) {
	header := w.Header()
	header.Set("Content-Type", file.kind)
	header.Set("Vary", "Accept-Encoding")
	header.Set("ETag", file.etag)
	header.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, "assets/") { // their names carry a hash
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if r.Header.Get("If-None-Match") == file.etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := file.plain
	if file.small != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		header.Set("Content-Encoding", "gzip")
		body = file.small
	}
	if r.Method == http.MethodHead {
		return
	}
	if _, err := w.Write(body); err != nil {
		h.log.Debug("the caller left", "error", err)
	}
}
