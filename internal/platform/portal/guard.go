package portal

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/pronto-platform/pronto/internal/platform/access"
	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// guard finds out who calls, refuses who may not, writes errors, and writes into
// the audit trail what was changed and who was turned away.
func (p *Portal) guard(route route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, subject := access.WithSubject(r.Context())
		r, err := p.admit(route, r.WithContext(ctx))
		witness := &witness{ResponseWriter: w, portal: p, route: route, request: r, subject: subject}
		if err == nil {
			err = p.serve(route, witness, r)
		}
		if err != nil {
			witness.cause = err
			writeProblem(witness, r, p.log, err)
		}
		witness.finish()
	})
}

// admit returns the request with its caller, or the refusal.
func (p *Portal) admit(route route, r *http.Request) (*http.Request, error) {
	if route.action == "" {
		return r, nil
	}
	user, err := p.cfg.Access.Authenticate(r)
	if err != nil {
		return r, err
	}
	r = r.WithContext(access.WithUser(r.Context(), user))
	target := access.Target{}
	if access.Relative(route.action) {
		if target, err = p.target(route, r); err != nil {
			return r, err
		}
	}
	return r, access.AuthorizeOn(r.Context(), route.action, target)
}

// target is what a request is about, as the route's path names it. That there
// is no such thing may be told to everyone who is signed in: everyone may list
// applications and tasks.
func (p *Portal) target(route route, r *http.Request) (access.Target, error) {
	switch {
	case strings.Contains(route.path, "/apps/{name}"):
		view, err := p.app(r)
		return access.Target{Owner: view.Owner, CreatedBy: view.CreatedBy}, err
	case strings.Contains(route.path, "/deleted/{name}"):
		app, err := p.deletedApp(r)
		return access.Target{Owner: app.Owner, CreatedBy: app.CreatedBy}, err
	case strings.Contains(route.path, "/tasks/{id}"):
		return p.cfg.TaskTarget(r.Context(), r.PathValue("id"))
	}
	return access.Target{}, fmt.Errorf("route %s %s: its action needs a target and its path names none", route.method, route.path)
}

// room serves what the scaffolder serves beyond the routes of the API, by whether it
// reads or writes.
func (p *Portal) room(read, write access.Action, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		action := write
		if safe(r) {
			action = read
		}
		p.guard(route{r.Method, r.URL.Path, action, pass(h)}).ServeHTTP(w, r)
	})
}

func safe(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

// reads reports whether a request changes nothing: some only ask with a POST.
func reads(r *http.Request, action access.Action) bool {
	return safe(r) || strings.HasSuffix(string(action), ".read")
}

// witness writes a request's audit entry when its answer begins, so that the
// entry is on disk before the caller knows. An entry that cannot be written
// turns the answer into a failure.
type witness struct {
	http.ResponseWriter
	portal  *Portal
	route   route
	request *http.Request
	subject *access.Subject
	cause   error
	begun   bool
	lost    bool // the entry could not be written; the rest of the answer is dropped
}

// Unwrap lets http.ResponseController reach the connection.
func (w *witness) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// FlushError implements what http.ResponseController looks for.
func (w *witness) FlushError() error {
	w.begin(http.StatusOK)
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// WriteHeader implements http.ResponseWriter.
func (w *witness) WriteHeader(status int) {
	if w.begin(status); !w.lost {
		w.ResponseWriter.WriteHeader(status)
	}
}

// Write implements http.ResponseWriter.
func (w *witness) Write(body []byte) (int, error) {
	w.begin(http.StatusOK)
	if w.lost {
		return len(body), nil
	}
	return w.ResponseWriter.Write(body)
}

// finish is for an answer without header and body.
func (w *witness) finish() { w.begin(http.StatusOK) }

func (w *witness) begin(status int) {
	if w.begun {
		return
	}
	w.begun = true
	if err := w.portal.testify(w, status); err != nil {
		w.Header().Del("Set-Cookie")
		writeProblem(w.ResponseWriter, w.request, w.portal.log, err)
		w.lost = true
	}
}

// testify writes the entry, if the request needs one: every change, and whoever
// was turned away but for strangers who only read, which is what every browser
// does before it signs in. The routes of /auth write their own.
func (p *Portal) testify(w *witness, status int) error {
	r, route := w.request, w.route
	action := string(route.action)
	outcome := access.OutcomeOf(status)
	if route.path == webhookPath && outcome != access.OutcomeDone {
		action = access.ActionWebhook
	}
	user, known := access.UserFrom(r.Context())
	stranger := !known && r.Header.Get("Authorization") == ""
	if action == "" || reads(r, route.action) && (outcome != access.OutcomeRefused || stranger) {
		return nil
	}
	entry := access.Entry{
		Actor: user.Ref, Action: action, Target: w.subject.Target, Outcome: outcome, Status: status,
		Address: access.Address(r), Detail: w.detail(),
	}
	for _, name := range []string{"name", "id", "code", "uid"} {
		if entry.Target == "" {
			entry.Target = r.PathValue(name)
		}
	}
	if !known {
		return p.cfg.Access.RecordStranger(r.Context(), entry)
	}
	return p.cfg.Access.Record(r.Context(), entry)
}

// detail is what the handler said, else the request; and why it was not done.
func (w *witness) detail() string {
	detail := w.subject.Detail
	if detail == "" {
		detail = w.request.Method + " " + w.request.URL.Path
	}
	var refusal *fault.Error
	if errors.As(w.cause, &refusal) {
		detail += ": " + refusal.Message
	}
	return detail
}
