// Package action holds what the steps of templates can do.
package action

import (
	"context"
	"fmt"
	"io/fs"
	"time"

	"github.com/pronto-platform/pronto/internal/base/gitcmd"
	"github.com/pronto-platform/pronto/internal/platform/catalog"
	"github.com/pronto-platform/pronto/internal/platform/fault"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/expression"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/form"
	"github.com/pronto-platform/pronto/internal/platform/scm"
)

// Action is something a step can do. It may be run again after it was cut
// off anywhere, and must come to the same end.
type Action struct {
	ID          string   `json:"id"`
	Description string   `json:"description"`
	Schema      Schema   `json:"schema"`
	Examples    []Sample `json:"examples"`

	// DryRun says that the action does nothing outside the workspace when its
	// call is a dry run.
	DryRun bool                                                           `json:"-"`
	Run    func(ctx context.Context, c *Call, input map[string]any) error `json:"-"`
}

// Schema are the JSON schemas of an action's input and output.
type Schema struct {
	Input  map[string]any `json:"input"`
	Output map[string]any `json:"output"`
}

// Sample shows a use of an action, as YAML of a step.
type Sample struct {
	Description string `json:"description"`
	Example     string `json:"example"`
}

// Check validates an input; each names the round of a repeated step.
func (a Action) Check(input, each map[string]any) error {
	found, err := form.Validate(a.Schema.Input, input)
	if err != nil || len(found) == 0 {
		return err
	}
	name := a.ID
	if each != nil {
		name = fmt.Sprintf("%s[%v]", a.ID, each["key"])
	}
	return fault.Inputf("Invalid input passed to action %s, %s", name, (&form.Error{Violations: found}).Error())
}

// Call is one run of an action.
type Call struct {
	TaskID    string
	CreatedAt time.Time // of the task
	User      string    // entity reference of who asked for the task
	DryRun    bool
	Workspace string // directory
	Template  Source
	Output    map[string]any // filled by the action

	Log    func(ctx context.Context, text string) error // writes a line into the task's log
	Ledger Ledger
}

// Catalog is what actions need of the catalog.
type Catalog interface {
	Register(ctx context.Context, target string) (catalog.Registration, error)
	Get(ctx context.Context, entityRef string) (catalog.Entity, error)
	Locations(ctx context.Context) ([]catalog.Location, error)
}

// Host is what the actions work with.
type Host struct {
	SCM     *scm.Client
	Catalog Catalog
	Git     gitcmd.Remote // that repositories are pushed to
	Engine  *expression.Engine
	Hosts   []string // that repository URLs may name; the first is the forge's
	// Tree opens a directory of a repository of the forge by its address
	// (https://HOST/OWNER/REPO/tree/BRANCH/PATH); nil: there is none.
	Tree   func(ctx context.Context, address string) (fs.FS, error)
	Domain string
	// Rights are asked before an action touches a repository that its task has
	// not made; nil: every task may touch all.
	Rights Rights
}

// Builtin are the actions by id.
func Builtin(h *Host) map[string]Action {
	actions := map[string]Action{}
	for _, a := range []Action{
		fetchTemplate(h), fetchTemplateFile(h), fetchPlain(h), fetchPlainFile(h),
		fsDelete(), fsRename(), fsReaddir(),
		debugLog(), debugWait(),
		catalogRegister(h), catalogWrite(), catalogFetch(h),
		publishGitHub(h), repoCreate(h), repoPush(h), pullRequest(h),
		githubWebhook(h), actionsDispatch(h), issuesLabel(h), issuesCreate(h), deployKeyCreate(h), environmentCreate(h),
		branchProtectionCreate(h), autolinksCreate(h), pagesEnable(h),
	} {
		actions[a.ID] = a
	}
	return actions
}

func (c *Call) logf(ctx context.Context, format string, args ...any) error {
	return c.Log(ctx, fmt.Sprintf(format, args...))
}
