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

	"github.com/pronto-platform/pronto/internal/platform/fault"
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
	etag, kind string
	plain      []byte
	small      []coded // smaller forms of it, the best first
}

// coded is a file as a content encoding has it.
type coded struct {
	encoding string
	content  []byte
}

// encodings are those that the web app's build leaves beside its files.
var encodings = []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}}

func newWeb(files fs.FS, log *slog.Logger) *web {
	return &web{files: files, log: log, known: map[string]*asset{}}
}

func (h *web) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		writeProblem(w, r, h.log, fault.MethodNotAllowedf("only GET and HEAD are served here"))
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
		writeProblem(w, r, h.log, fault.NotFoundf("there is no such file"))
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
	if file.small, err = h.smaller(name, content); err != nil {
		return nil, err
	}
	if file.kind == "" {
		file.kind = http.DetectContentType(content)
	}
	h.known[name] = file
	return file, nil
}

// smaller is what the build compressed, or else gzip made here.
func (h *web) smaller(name string, content []byte) ([]coded, error) {
	var small []coded
	for _, encoding := range encodings {
		made, err := fs.ReadFile(h.files, name+encoding.suffix)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		small = append(small, coded{encoding.name, made})
	}
	if len(small) > 0 {
		return small, nil
	}
	made, err := compress(content)
	if err != nil || made == nil {
		return nil, err
	}
	return []coded{{"gzip", made}}, nil
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
	for _, small := range file.small {
		if accepts(r, small.encoding) {
			header.Set("Content-Encoding", small.encoding)
			body = small.content
			break
		}
	}
	if r.Method == http.MethodHead {
		return
	}
	if _, err := w.Write(body); err != nil {
		h.log.Debug("the caller left", "error", err)
	}
}

// accepts tells whether the caller reads a content encoding.
func accepts(r *http.Request, encoding string) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), encoding) {
			return strings.ReplaceAll(weight, " ", "") != "q=0"
		}
	}
	return false
}
