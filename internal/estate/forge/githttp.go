package forge

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	gitTimeout     = 10 * time.Minute
	maxFetchAsk    = 16 << 20
	commandsMargin = 64 << 10 // ref commands that precede the pack in a push
)

// gitRoutes serves smart HTTP, with and without .git.
func (f *Forge) gitRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{owner}/{repo}/info/refs", f.gitHandler(f.advertise))
	mux.HandleFunc("POST /{owner}/{repo}/git-upload-pack", f.gitHandler(f.uploadPack))
	mux.HandleFunc("POST /{owner}/{repo}/git-receive-pack", f.gitHandler(f.receivePack))
	mux.HandleFunc("GET /{owner}/{repo}/raw/{ref}/{path...}", f.gitHandler(f.rawFile))
	return mux
}

// gitHandler finds the repository and checks the caller. Git needs the
// challenge to send its credentials; a caller without access sees 404.
func (f *Forge) gitHandler(serve func(http.ResponseWriter, *request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, raw *http.Request) {
		r := &request{Request: raw}
		err := f.admitGit(r)
		if err == nil {
			err = serve(w, r)
		}
		if err == nil {
			return
		}
		e := asAPIError(err)
		if e.code >= 500 {
			f.log.Error("git request failed", "path", raw.URL.Path, "err", err)
		}
		if e.code == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", `Basic realm="GitHub"`)
		}
		http.Error(w, e.message, e.code)
	}
}

func (f *Forge) admitGit(r *request) (err error) {
	if r.caller, err = f.identify(r.Request); err != nil {
		return err
	}
	r.repo, err = f.findRepo(r.Context(), r.PathValue("owner"), strings.TrimSuffix(r.PathValue("repo"), ".git"))
	if err != nil && !errors.Is(err, errNotFound) {
		return err
	}
	if err == nil {
		if r.level, err = f.levelOn(r.Context(), r.caller, r.repo); err != nil {
			return err
		}
	}
	push := strings.HasSuffix(r.URL.Path, "/git-receive-pack") || r.URL.Query().Get("service") == "git-receive-pack"
	if r.caller.kind == anonymous && (push || r.level < levelPull) {
		return errAnonymous
	}
	if err != nil || r.level < levelPull || !r.caller.canReadCode() {
		return failure(http.StatusNotFound, "Repository not found.")
	}
	if push && r.level < levelPush {
		return failure(http.StatusForbidden, "Permission to %s.git denied to %s.", r.repo.FullName(), r.caller.account.Login)
	}
	if push && r.repo.Archived {
		return failure(http.StatusForbidden, "This repository was archived so it is read-only.")
	}
	return nil
}

func (f *Forge) advertise(w http.ResponseWriter, r *request) error {
	service := r.URL.Query().Get("service")
	if service != "git-upload-pack" && service != "git-receive-pack" {
		return failure(http.StatusForbidden, "Please upgrade your git client: only smart HTTP is served.")
	}
	w.Header().Set("Content-Type", "application/x-"+service+"-advertisement")
	w.Header().Set("Cache-Control", "no-cache")
	if service == "git-receive-pack" || !strings.Contains(r.Header.Get("Git-Protocol"), "version=2") {
		line := "# service=" + service + "\n"
		if _, err := fmt.Fprintf(w, "%04x%s0000", len(line)+4, line); err != nil {
			return nil //nolint:nilerr // the client is gone: nobody is left to tell
		}
	}
	return f.serveGit(w, r, nil, strings.TrimPrefix(service, "git-"), "--http-backend-info-refs")
}

func (f *Forge) uploadPack(w http.ResponseWriter, r *request) error {
	body, err := gitBody(r.Request)
	if err != nil {
		return err
	}
	ask, err := io.ReadAll(io.LimitReader(body, maxFetchAsk+1))
	if err != nil || len(ask) > maxFetchAsk {
		return &apiError{code: http.StatusBadRequest, message: "The fetch request could not be read", cause: err}
	}
	w.Header().Set("Content-Type", "application/x-git-upload-pack-result")
	w.Header().Set("Cache-Control", "no-cache")
	return f.serveGit(w, r, strings.NewReader(string(ask)), "upload-pack")
}

func gitBody(r *http.Request) (io.Reader, error) {
	switch encoding := r.Header.Get("Content-Encoding"); encoding {
	case "", "identity":
		return r.Body, nil
	case "gzip", "x-gzip":
		unzipped, err := gzip.NewReader(r.Body)
		if err != nil {
			return nil, &apiError{code: http.StatusBadRequest, message: "The request body is not gzip", cause: err}
		}
		return unzipped, nil
	default:
		return nil, failure(http.StatusUnsupportedMediaType, "Content-Encoding %s is not supported", encoding)
	}
}

// receivePack spools the push first, so that a slow client holds no lock, then
// runs git under the repository's lock and emits the events before it answers.
func (f *Forge) receivePack(w http.ResponseWriter, r *request) error {
	if r.ContentLength > f.cfg.MaxPush+commandsMargin {
		return failure(http.StatusRequestEntityTooLarge, "The push is larger than %d bytes.", f.cfg.MaxPush)
	}
	spool, err := f.spool(r.Request)
	if err != nil {
		return err
	}
	defer func() {
		if err := errors.Join(spool.Close(), os.Remove(spool.Name())); err != nil {
			f.log.Warn("spooled push cannot be removed", "err", err)
		}
	}()
	defer f.locks.lock(r.repo.Owner, r.repo.Name)()
	fresh, err := f.findRepoByID(r.Context(), r.repo.ID)
	if err != nil {
		return err
	}
	if err := f.remember(r.Context(), fresh, actorOf(r.caller)); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/x-git-receive-pack-result")
	w.Header().Set("Cache-Control", "no-cache")
	if err := f.serveReceive(w, r, spool); err != nil {
		return err
	}
	if err := f.emit(r.Context(), fresh, actorOf(r.caller)); err != nil {
		// The client has its answer and the refs moved: reconcile emits what is owed.
		f.log.Error("push events are owed", "repository", fresh.FullName(), "err", err)
	}
	return nil
}

// spool keeps one push on disk. What exceeds the limit is read and dropped:
// git then refuses the truncated pack by its size and says so to the client.
func (f *Forge) spool(r *http.Request) (*os.File, error) {
	body, err := gitBody(r)
	if err != nil {
		return nil, err
	}
	file, err := os.CreateTemp(f.store.Temp(), "push-*")
	if err != nil {
		return nil, fmt.Errorf("spool push: %w", err)
	}
	limit := f.cfg.MaxPush + commandsMargin
	_, err = io.Copy(file, io.LimitReader(body, limit))
	if err == nil {
		_, err = io.Copy(io.Discard, io.LimitReader(body, limit))
	}
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(&apiError{code: http.StatusBadRequest, message: "The push could not be read", cause: err}, file.Close(), os.Remove(file.Name()))
	}
	return file, nil
}

// serveReceive runs git-receive-pack. Where branches are protected git asks a
// guard about them.
func (f *Forge) serveReceive(w http.ResponseWriter, r *request, push io.Reader) error {
	rules, err := f.protections(r.Context(), r.repo.ID)
	if err != nil {
		return err
	}
	x := exchange{command: "receive-pack", stdin: push, settings: f.guardSettings(rules), run: (*exec.Cmd).Run}
	if len(rules) > 0 {
		x.run = guard{f, r}.run
	}
	return f.exchange(w, r, x)
}

func (f *Forge) serveGit(w http.ResponseWriter, r *request, stdin io.Reader, command string, flags ...string) error {
	return f.exchange(w, r, exchange{command: command, stdin: stdin, flags: flags, run: (*exec.Cmd).Run})
}

// exchange is one question of a client and git's answer.
type exchange struct {
	command  string // upload-pack or receive-pack
	stdin    io.Reader
	flags    []string
	settings []string
	run      func(*exec.Cmd) error
}

func (f *Forge) exchange(w http.ResponseWriter, r *request, x exchange) error {
	ctx, cancel := context.WithTimeout(r.Context(), gitTimeout)
	defer cancel()
	select {
	case f.gitSlots <- struct{}{}:
		defer func() { <-f.gitSlots }()
	case <-ctx.Done():
		return failure(http.StatusServiceUnavailable, "Too many git operations at once, try again")
	}
	settings := []string{"-c", "uploadpack.allowAnySHA1InWant=true", "-c", "uploadpack.allowFilter=true",
		"-c", "receive.autogc=false", "-c", "receive.fsckObjects=true", "-c", "http.receivepack=true",
		"-c", "receive.maxInputSize=" + strconv.FormatInt(f.cfg.MaxPush, 10)}
	args := slices.Concat(settings, x.settings, []string{x.command, "--stateless-rpc"}, x.flags, []string{"."})
	cmd := f.git(r.repo).Git().Command(ctx, args...)
	cmd.Stdin = x.stdin
	var complaints strings.Builder
	cmd.Stderr = &complaints
	cmd.Stdout = flushWriter{w}
	if protocol := r.Header.Get("Git-Protocol"); protocol != "" && x.command == "upload-pack" && len(protocol) < 100 {
		cmd.Env = append(cmd.Env, "GIT_PROTOCOL="+protocol)
	}
	if err := x.run(cmd); err != nil {
		// Git has told the client in its own protocol; the log is for us.
		f.log.Warn("git ended with an error", "command", x.command, "repository", r.repo.FullName(), "err", err, "stderr", complaints.String())
	}
	return nil
}

// flushWriter passes git's progress on as it comes.
type flushWriter struct{ http.ResponseWriter }

func (w flushWriter) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p)
	if flushErr := http.NewResponseController(w.ResponseWriter).Flush(); err == nil && flushErr != nil && !errors.Is(flushErr, http.ErrNotSupported) {
		err = flushErr
	}
	return n, err
}
