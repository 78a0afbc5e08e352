package forge

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// obj is a JSON object in the making.
type obj map[string]any

func writeJSON(w http.ResponseWriter, r *http.Request, code int, body any) {
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(body); err != nil {
		http.Error(w, `{"message":"Server Error","status":"500"}`, http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("X-GitHub-Media-Type", "github.v3; format=json")
	writeBody(w, r, code, buf.Bytes())
}

// writeBody answers with an ETag, or 304 when the client has this body.
func writeBody(w http.ResponseWriter, r *http.Request, code int, body []byte) {
	if code == http.StatusOK && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		sum := sha256.Sum256(append([]byte(r.Header.Get("Accept")+"\n"), body...))
		etag := `"` + hex.EncodeToString(sum[:]) + `"`
		w.Header().Set("ETag", etag)
		w.Header().Set("Cache-Control", "private, no-cache")
		w.Header().Set("Vary", "Accept, Authorization")
		if matches(r.Header.Get("If-None-Match"), etag) {
			w.Header().Del("Content-Type")
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(code)
	_, _ = w.Write(body) // the client may be gone; nobody is left to tell
}

// writeSecretJSON answers with what nothing on the way may keep: not even an
// ETag, which would tell a short secret's hash.
func writeSecretJSON(w http.ResponseWriter, body any) error {
	encoded, err := json.Marshal(body)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(encoded) // the client may be gone; nobody is left to tell
	return nil
}

func matches(ifNoneMatch, etag string) bool {
	for _, candidate := range strings.Split(ifNoneMatch, ",") {
		if candidate = strings.TrimSpace(candidate); candidate == "*" || strings.TrimPrefix(candidate, "W/") == etag {
			return true
		}
	}
	return false
}

const rateLimit = 1_000_000

// commonHeaders are on every REST answer. The rate limit is generous and
// never used up: the forge serves its own platform.
func commonHeaders(w http.ResponseWriter, c caller) {
	h := w.Header()
	h.Set("X-GitHub-Request-Id", strings.ToUpper(strings.ReplaceAll(uuid.NewString(), "-", "")))
	h.Set("X-RateLimit-Limit", strconv.Itoa(rateLimit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(rateLimit))
	h.Set("X-RateLimit-Used", "0")
	h.Set("X-RateLimit-Reset", strconv.FormatInt(time.Now().Add(time.Hour).Unix(), 10))
	h.Set("X-RateLimit-Resource", "core")
	h.Set("X-Content-Type-Options", "nosniff")
	if c.kind == userCaller {
		h.Set("X-OAuth-Scopes", c.scopes())
		h.Set("X-Accepted-OAuth-Scopes", "repo")
	}
}

// page cuts list to the page the request asks for and sets Link.
func page[T any](f *Forge, w http.ResponseWriter, r *http.Request, list []T) []T {
	number, size := pageParams(r.URL.Query())
	last := max((len(list)+size-1)/size, 1)
	if links := f.links(r, number, last); links != "" {
		w.Header().Set("Link", links)
	}
	from := min((number-1)*size, len(list))
	return list[from:min(from+size, len(list))]
}

func pageParams(q url.Values) (number, size int) {
	number, size = 1, 30
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 0 && n < 1<<20 {
		number = n
	}
	if n, err := strconv.Atoi(q.Get("per_page")); err == nil && n > 0 {
		size = min(n, 100)
	}
	return number, size
}

func (f *Forge) links(r *http.Request, number, last int) string {
	var parts []string
	add := func(rel string, n int) {
		q := r.URL.Query()
		q.Set("page", strconv.Itoa(n))
		parts = append(parts, fmt.Sprintf(`<%s%s?%s>; rel="%s"`, f.base(), r.URL.EscapedPath(), q.Encode(), rel))
	}
	if number > 1 {
		add("prev", min(number-1, last))
	}
	if number < last {
		add("next", number+1)
		add("last", last)
	}
	if number > 1 {
		add("first", 1)
	}
	return strings.Join(parts, ", ")
}

// base is the public URL without a trailing slash; api the REST root.
func (f *Forge) base() string { return strings.TrimSuffix(f.cfg.URL.String(), "/") }
func (f *Forge) api() string  { return f.base() + "/api/v3" }

const maxRequestBody = 150 << 20

// decode reads a JSON object into body. An empty request body is an empty
// object.
func decode(w http.ResponseWriter, r *http.Request, body any) error {
	var raw json.RawMessage
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequestBody))
	if err := decoder.Decode(&raw); err != nil {
		if r.ContentLength == 0 || err.Error() == "EOF" {
			return nil
		}
		return &apiError{code: http.StatusBadRequest, message: "Problems parsing JSON", cause: err}
	}
	if len(raw) == 0 || raw[0] != '{' {
		return failure(http.StatusBadRequest, "Body should be a JSON object")
	}
	if err := json.Unmarshal(raw, body); err != nil {
		return failure(http.StatusUnprocessableEntity, "Invalid request.\n\n%s", err)
	}
	return nil
}

func noContent(w http.ResponseWriter) error {
	w.WriteHeader(http.StatusNoContent)
	return nil
}
