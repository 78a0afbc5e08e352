package fault

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
)

// maxDepth bounds how deep lists and objects of a body lie in each other.
const maxDepth = 100

// Body says how the JSON in a request is read.
type Body struct {
	Limit    int64 // bytes
	Strict   bool  // no members but those that are asked for
	Optional bool  // it may be absent
}

// Read reads one JSON value out of a request's body. The error is an *Error
// for whatever is wrong with the body.
func (b Body) Read(r *http.Request, into any) error {
	text, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, b.Limit))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return Because(err, TooLarge, "The body is larger than %d bytes", tooLarge.Limit)
	case err != nil:
		return Because(err, Input, "The body cannot be read: it breaks off")
	case b.Optional && len(bytes.TrimSpace(text)) == 0:
		return nil
	case deep(text):
		return Inputf("The body cannot be read: its values nest more than %d deep", maxDepth)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	if b.Strict {
		decoder.DisallowUnknownFields()
	}
	if err := decoder.Decode(into); err != nil {
		return Because(err, Input, "The body cannot be read: %v", Readable(err))
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Inputf("The body cannot be read: it has more than one JSON value")
	}
	return nil
}

// deep reports whether a JSON text nests too deep. It looks before the decoder
// does, which would go ten thousand levels down.
func deep(text []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}
