package scaffold

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"github.com/pronto-platform/pronto/internal/platform/access"
	"github.com/pronto-platform/pronto/internal/platform/fault"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/action"
)

// DryRunRequest is a template that is not registered, with a form's values.
type DryRunRequest struct {
	Template json.RawMessage `json:"template"`
	Values   map[string]any  `json:"values"`
	Files    []DryRunFile    `json:"directoryContents"` // of the template's directory
}

// DryRunFile is a file of a template's directory, or of a workspace.
type DryRunFile struct {
	Path       string `json:"path"`
	Executable bool   `json:"executable"`
	Content    []byte `json:"base64Content"`
}

// DryRunLine is an entry of a dry run's log.
type DryRunLine struct {
	Body EventBody `json:"body"`
}

// DryRunResult is what a dry run has said and written.
type DryRunResult struct {
	Log    []DryRunLine   `json:"log"`
	Files  []DryRunFile   `json:"directoryContents"`
	Output map[string]any `json:"output"`
	Steps  []Step         `json:"steps"`
}

const (
	dryRunTime  = time.Minute
	dryRunFiles = 32 << 20       // bytes in the workspace
	dryRuns     = ".dry-running" // beside the workspaces: those of dry runs
)

// DryRun runs a template in a temporary workspace. It has no secrets, and
// touches nothing outside: actions that would are left out, with outputs made
// up. The error is a *form.Error for values that are not acceptable, else an
// *fault.Error that says why the template cannot run.
func (s *Service) DryRun(ctx context.Context, request DryRunRequest) (DryRunResult, error) {
	if len(request.Template) == 0 {
		return DryRunResult{}, fault.Inputf("template: is missing; give the Template entity")
	}
	template, err := parseTemplate(request.Template, ".")
	if err != nil {
		return DryRunResult{}, fault.Inputf("template: %v", err)
	}
	values, err := s.fill(template, request.Values)
	if err != nil {
		return DryRunResult{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, dryRunTime)
	defer cancel()
	select {
	case s.rehearsals <- struct{}{}:
		defer func() { <-s.rehearsals }()
	case <-ctx.Done():
		return DryRunResult{}, ctx.Err()
	}
	result, err := s.rehearse(ctx, template, values, request.Files)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = fault.Inputf("The dry run took longer than %s", dryRunTime)
	}
	return result, whole(err)
}

// whole keeps, of a named error, where it came up: a step says "if: ..." of it.
func whole(err error) error {
	var named *fault.Error
	if !errors.As(err, &named) {
		return err
	}
	return &fault.Error{Name: named.Name, Message: err.Error(), Cause: err}
}

func (s *Service) rehearse(ctx context.Context, template *Template, values map[string]any, files []DryRunFile) (DryRunResult, error) {
	if err := os.MkdirAll(filepath.Join(s.cfg.Dir, dryRuns), 0o700); err != nil {
		return DryRunResult{}, fmt.Errorf("dry run: %w", err)
	}
	dir, err := os.MkdirTemp(filepath.Join(s.cfg.Dir, dryRuns), "")
	if err != nil {
		return DryRunResult{}, fmt.Errorf("dry run: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // swept later
	source, err := unpack(filepath.Join(dir, "template"), files)
	if err != nil {
		return DryRunResult{}, err
	}
	defer source.Close()
	r := s.rehearsal(ctx, template, values, filepath.Join(dir, "workspace"))
	r.source = action.Source{Files: source.FS(), Dir: "."}
	if err := os.Mkdir(r.workspace, 0o700); err != nil {
		return DryRunResult{}, fmt.Errorf("dry run: %w", err)
	}
	output, err := r.steps(ctx)
	said := r.record.(*transcript)
	if err != nil {
		return DryRunResult{}, said.located(err)
	}
	written, err := contents(r.workspace)
	return DryRunResult{Log: said.lines, Files: written, Output: output, Steps: template.Steps}, err
}

// rehearsal is the run of a template that leaves nothing behind.
func (s *Service) rehearsal(ctx context.Context, template *Template, values map[string]any, workspace string) *run {
	user, _ := access.UserFrom(ctx)
	task := Task{
		ID: "dry-run-" + uuid.NewString(), TemplateRef: template.Ref, CreatedBy: user.Ref, CreatedAt: s.cfg.Clock().UTC(),
		Values: values, spec: template.spec(), Steps: make([]StepState, len(template.Steps)),
	}
	for i := range task.Steps {
		task.Steps[i].Status = StatusOpen
	}
	return &run{service: s, task: task, outputs: map[string]any{}, record: &transcript{failed: noStep}, workspace: workspace, dry: true}
}

// transcript is the recorder of a dry run.
type transcript struct {
	lines  []DryRunLine
	failed int // position of the step that failed, or noStep
}

const noStep = -1

func (t *transcript) step(ctx context.Context, change stepChange) error {
	if change.status == StatusFailed {
		t.failed = change.position
	}
	return t.log(ctx, change.body)
}

// located names the step that an error came up in as the author finds it in
// the template: a task says it by the step's log, and a dry run that fails has
// no log.
func (t *transcript) located(err error) error {
	if t.failed == noStep {
		return err
	}
	return fmt.Errorf("spec.steps[%d]: %w", t.failed, err)
}

func (t *transcript) log(_ context.Context, body EventBody) error {
	t.lines = append(t.lines, DryRunLine{body})
	return nil
}

func (t *transcript) told(context.Context, string) ([]string, error) { return nil, nil }

// unpack writes a template's files into a directory of their own.
func unpack(directory string, files []DryRunFile) (*os.Root, error) {
	if err := os.Mkdir(directory, 0o700); err != nil {
		return nil, fmt.Errorf("dry run: %w", err)
	}
	root, err := os.OpenRoot(directory)
	if err != nil {
		return nil, fmt.Errorf("dry run: %w", err)
	}
	for _, file := range files {
		if !fs.ValidPath(file.Path) || file.Path == "." {
			return nil, errors.Join(fault.Inputf("directoryContents: path %q is not inside of the template", file.Path), root.Close())
		}
		mode := os.FileMode(0o600)
		if file.Executable {
			mode = 0o700
		}
		err := root.MkdirAll(path.Dir(file.Path), 0o700)
		if err == nil {
			err = root.WriteFile(file.Path, file.Content, mode)
		}
		if err != nil {
			return nil, errors.Join(fault.Inputf("directoryContents: %s cannot be written: %v", file.Path, err), root.Close())
		}
	}
	return root, nil
}

// contents reads the files of a workspace; links are left out.
func contents(workspace string) ([]DryRunFile, error) {
	root, err := os.OpenRoot(workspace)
	if err != nil {
		return nil, fmt.Errorf("dry run: read the workspace: %w", err)
	}
	defer root.Close()
	files := []DryRunFile{}
	err = fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		content, err := root.ReadFile(name)
		files = append(files, DryRunFile{name, info.Mode()&0o111 != 0, content})
		return err
	})
	return files, err
}

// rehearsed is an action in a dry run: it may not fill the disk.
func (r *run) rehearsed(a action.Action) action.Action {
	if !r.dry {
		return a
	}
	perform := a.Run
	a.Run = func(ctx context.Context, c *action.Call, input map[string]any) error {
		if err := perform(ctx, c, input); err != nil {
			return err
		}
		return bounded(r.workspace)
	}
	return a
}

// bounded refuses a workspace with more than a dry run may write.
func bounded(workspace string) error {
	left := int64(dryRunFiles)
	return filepath.WalkDir(workspace, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if left -= info.Size(); left < 0 {
			return fault.Inputf("The dry run has written more than %d bytes", dryRunFiles)
		}
		return nil
	})
}

// UnmarshalJSON says which file has no base64.
func (f *DryRunFile) UnmarshalJSON(text []byte) error {
	var wire struct {
		Path       string `json:"path"`
		Executable bool   `json:"executable"`
		Content    string `json:"base64Content"`
	}
	if err := json.Unmarshal(text, &wire); err != nil {
		return err
	}
	content, err := base64.StdEncoding.DecodeString(wire.Content)
	if err != nil {
		return fmt.Errorf("directoryContents: base64Content of %s: %w", wire.Path, err)
	}
	*f = DryRunFile{wire.Path, wire.Executable, content}
	return nil
}
