package actions

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const logAddressLife = 5 * time.Minute

// jobLogs and runLogs redirect to a signed address, as GitHub does.
func (a *Actions) jobLogs(w http.ResponseWriter, r *http.Request, repo string) error {
	_, j, err := a.findJob(r, repo)
	if err != nil {
		return err
	}
	http.Redirect(w, r, a.logAddress("job", j.ID), http.StatusFound)
	return nil
}

func (a *Actions) runLogs(w http.ResponseWriter, r *http.Request, repo string) error {
	found, err := a.findRun(r, repo)
	if err != nil {
		return err
	}
	http.Redirect(w, r, a.logAddress("run", found.ID), http.StatusFound)
	return nil
}

func (a *Actions) logAddress(kind string, id int64) string {
	place := fmt.Sprintf("/_services/actions/logs/%s/%d", kind, id)
	expires := strconv.FormatInt(time.Now().Add(logAddressLife).Unix(), 10)
	return a.web() + place + "?e=" + expires + "&s=" + a.signLog(place, expires)
}

func (a *Actions) signLog(place, expires string) string {
	return strings.TrimPrefix(signature(string(a.signKey), []byte(place+" "+expires)), "sha256=")
}

func (a *Actions) serveLog(w http.ResponseWriter, r *http.Request) {
	expires := r.URL.Query().Get("e")
	until, err := strconv.ParseInt(expires, 10, 64)
	if err != nil || a.signLog(r.URL.Path, expires) != r.URL.Query().Get("s") || time.Now().Unix() > until {
		http.Error(w, "the address has expired", http.StatusForbidden)
		return
	}
	if r.PathValue("kind") == "job" {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		err = a.writeLog(r.Context(), w, r.PathValue("id"))
	} else {
		w.Header().Set("Content-Type", "application/zip")
		err = a.writeZip(r.Context(), w, r.PathValue("id"))
	}
	if err != nil {
		a.log.Warn("serve log", "error", err)
	}
}

type line struct {
	time int64
	text string
}

func (a *Actions) writeLog(ctx context.Context, w io.Writer, id string) error {
	lines, err := all(ctx, a.db, func(row scanner) (*line, error) {
		var l line
		return &l, row.Scan(&l.time, &l.text)
	}, `SELECT time, text FROM lines WHERE job_id = ? ORDER BY seq`, id)
	if err != nil {
		return err
	}
	for _, l := range lines {
		if _, err := fmt.Fprintf(w, "%s %s\n", time.Unix(0, l.time).UTC().Format("2006-01-02T15:04:05.0000000Z"), l.text); err != nil {
			return err
		}
	}
	return nil
}

func (a *Actions) writeZip(ctx context.Context, w io.Writer, id string) error {
	found, err := scanRun(a.db.QueryRowContext(ctx, `SELECT `+runColumns+` FROM runs WHERE id = ?`, id))
	if err != nil {
		return err
	}
	jobs, err := a.jobsOf(ctx, a.db, found)
	if err != nil {
		return err
	}
	archive := zip.NewWriter(w)
	for i, j := range jobs {
		file, err := archive.Create(fmt.Sprintf("%d_%s.txt", i, strings.ReplaceAll(j.Name, "/", "_")))
		if err != nil {
			return err
		}
		if err := a.writeLog(ctx, file, strconv.FormatInt(j.ID, 10)); err != nil {
			return err
		}
	}
	return archive.Close()
}
