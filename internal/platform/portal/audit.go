package portal

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/access"
	"github.com/pronto-platform/pronto/internal/platform/fault"
)

const (
	auditPage    = 100
	maxAuditPage = 500
	exportPage   = 1000
)

type auditList struct {
	Entries []access.Entry `json:"entries"`
	Next    int64          `json:"next,omitempty"`
}

func (p *Portal) listAudit(w http.ResponseWriter, r *http.Request) error {
	search, err := auditSearch(r, "limit")
	if err != nil {
		return err
	}
	limit, err := intParameter(r, "limit", auditPage, 1, maxAuditPage)
	if err != nil {
		return err
	}
	list := auditList{Entries: []access.Entry{}}
	err = p.cfg.Access.Audit(r.Context(), search, limit+1, func(e access.Entry) error {
		list.Entries = append(list.Entries, e)
		return nil
	})
	if err != nil {
		return err
	}
	if len(list.Entries) > limit {
		list.Entries = list.Entries[:limit]
		list.Next = list.Entries[limit-1].ID
	}
	writeJSON(w, p.log, http.StatusOK, list)
	return nil
}

// searched are the names that a search is made of, in the order of the document.
var searched = []string{"q", "actor", "action", "since", "until", "before"}

// auditSearch reads the search of a request that may name more besides. A name that
// is not known is refused: who misspells one would take all entries for theirs.
func auditSearch(r *http.Request, more string) (s access.Search, err error) {
	q := r.URL.Query()
	known := append(slices.Clone(searched), more)
	for _, name := range slices.Sorted(maps.Keys(q)) {
		if !slices.Contains(known, name) {
			return s, fault.Inputf("%s: is not known here; use %s", name, strings.Join(known, ", "))
		}
	}
	s = access.Search{Text: q.Get("q"), Actor: q.Get("actor"), Action: q.Get("action")}
	for name, into := range map[string]*time.Time{"since": &s.Since, "until": &s.Until} {
		if text := q.Get(name); text != "" {
			if *into, err = time.Parse(time.RFC3339, text); err != nil {
				return s, fault.Inputf("%s: %q is no time such as 2026-01-31T12:00:00Z", name, text)
			}
		}
	}
	if text := q.Get("before"); text != "" {
		if s.Before, err = strconv.ParseInt(text, 10, 64); err != nil || s.Before < 1 {
			return s, fault.Inputf("before: %q is no entry's id", text)
		}
	}
	return s, nil
}

// exportAudit sends every matching entry. It reads page by page, so that a slow
// caller holds nothing open in the database.
func (p *Portal) exportAudit(w http.ResponseWriter, r *http.Request) error {
	search, err := auditSearch(r, "format")
	if err != nil {
		return err
	}
	format := r.URL.Query().Get("format")
	kind, known := map[string]string{"": "application/jsonl", "jsonl": "application/jsonl", "csv": "text/csv; charset=utf-8"}[format]
	if !known {
		return fault.Inputf("format: %q is neither jsonl nor csv", format)
	}
	if format == "" {
		format = "jsonl"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Disposition", `attachment; filename="audit.`+format+`"`)
	write, end := jsonLines(w)
	if format == "csv" {
		write, end = csvLines(w)
	}
	sent := false
	err = p.eachEntry(r, search, func(e access.Entry) error { sent = true; return write(e) })
	if err == nil {
		err = end()
	}
	if err != nil && sent {
		p.log.Warn("an export of the audit trail broke off", "error", err)
		panic(http.ErrAbortHandler) // the answer has begun: the caller must see that it is not whole
	}
	return err
}

func (p *Portal) eachEntry(r *http.Request, search access.Search, write func(access.Entry) error) error {
	for {
		var page []access.Entry
		err := p.cfg.Access.Audit(r.Context(), search, exportPage, func(e access.Entry) error {
			page = append(page, e)
			return nil
		})
		if err != nil {
			return err
		}
		for _, e := range page {
			if err := write(e); err != nil {
				return err
			}
		}
		if len(page) < exportPage {
			return nil
		}
		search.Before = page[len(page)-1].ID
	}
}

func jsonLines(w io.Writer) (write func(access.Entry) error, end func() error) {
	encoder := json.NewEncoder(w)
	return func(e access.Entry) error { return encoder.Encode(e) }, func() error { return nil }
}

func csvLines(w io.Writer) (write func(access.Entry) error, end func() error) {
	out := csv.NewWriter(w)
	headed := false
	head := func() error {
		if headed {
			return nil
		}
		headed = true
		return out.Write([]string{"id", "at", "actor", "action", "target", "outcome", "status", "address", "detail"})
	}
	write = func(e access.Entry) error {
		if err := head(); err != nil {
			return err
		}
		return out.Write([]string{
			strconv.FormatInt(e.ID, 10), e.At.Format(time.RFC3339Nano), inert(e.Actor), inert(e.Action), inert(e.Target),
			inert(e.Outcome), strconv.Itoa(e.Status), inert(e.Address), inert(e.Detail),
		})
	}
	return write, func() error {
		if err := head(); err != nil {
			return err
		}
		out.Flush()
		return out.Error()
	}
}

// inert keeps a spreadsheet from taking a cell for a formula (OWASP, CSV injection).
func inert(cell string) string {
	if strings.IndexAny(cell, "=+-@\t\r") == 0 {
		return "'" + cell
	}
	return cell
}
