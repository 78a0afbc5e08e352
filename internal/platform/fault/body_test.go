package fault_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

type form struct {
	Name   string            `json:"name"`
	Days   *int              `json:"days"`
	Labels map[string]string `json:"labels"`
	Parts  []form            `json:"parts"`
	Any    any               `json:"any"`
}

func TestABodyIsReadOrRefusedInTheWordsOfJSON(t *testing.T) {
	strict, lax, optional := fault.Body{Limit: 1000, Strict: true}, fault.Body{Limit: 1000}, fault.Body{Limit: 1000, Optional: true}
	for text, c := range map[string]struct {
		body fault.Body
		says string // "" if it is read
	}{
		`{"name": "x", "any": ["]", "\"["]}`:    {strict, ""},
		`{"name": "x", "other": 1}`:             {lax, ""},
		` `:                                     {optional, ""},
		`{"name": "x", "more": 1}`:              {strict, `The body cannot be read: there is no field "more"`},
		``:                                      {lax, "The body cannot be read: it is empty"},
		`{"name":`:                              {optional, "The body cannot be read: it ends too early"},
		`{"name": "x"} {}`:                      {lax, "The body cannot be read: it has more than one JSON value"},
		`{"name": "x"} x`:                       {lax, "The body cannot be read: it has more than one JSON value"},
		`name=x`:                                {lax, "The body cannot be read: it is not JSON at byte 2"},
		`[1]`:                                   {lax, "The body cannot be read: the document is of type array where an object is expected"},
		`{"days": "two"}`:                       {lax, "The body cannot be read: days is of type string where a whole number is expected"},
		`{"days": 1e999}`:                       {lax, "The body cannot be read: days is of type number where a whole number is expected"},
		`{"labels": {"a": 1}}`:                  {lax, "The body cannot be read: labels is of type number where a string is expected"},
		`{"parts": [{"name": {}}]}`:             {lax, "The body cannot be read: parts.name is of type object where a string is expected"},
		`{"name": "` + strings.Repeat("x", 999): {lax, "The body is larger than 1000 bytes"},
		strings.Repeat(`{"any":`, 101):          {lax, "The body cannot be read: its values nest more than 100 deep"},
		`{"any": ` + strings.Repeat("[", 100):   {lax, "The body cannot be read: its values nest more than 100 deep"},
		`{"any": "` + strings.Repeat("[", 200) + `"}`: {lax, ""},
	} {
		var into form
		err := c.body.Read(httptest.NewRequest(http.MethodPost, "/", strings.NewReader(text)), &into)
		if c.says == "" && err != nil || c.says != "" && (err == nil || err.Error() != c.says) {
			t.Errorf("%.40s: %v, want %q", text, err, c.says)
		}
		var named *fault.Error
		if err != nil && !errors.As(err, &named) {
			t.Errorf("%.40s: %T is no fault", text, err)
		}
	}
	broken := httptest.NewRequest(http.MethodPost, "/", iotest.ErrReader(errors.New("the connection is gone")))
	if err := lax.Read(broken, new(form)); fault.Name(err) != fault.Input || err.Error() != "The body cannot be read: it breaks off" {
		t.Errorf("a body that breaks off: %v", err)
	}
	large := fault.Body{Limit: 1}.Read(httptest.NewRequest(http.MethodPost, "/", strings.NewReader("{}")), new(form))
	var named *fault.Error
	if !errors.As(large, &named) || named.Status() != http.StatusRequestEntityTooLarge {
		t.Errorf("a body that is too large: %v", large)
	}
}
