package action

import (
	"context"
	"time"
)

// The kinds of things that actions make outside of the workspace.
const (
	KindRepository = "repository"
	KindLocation   = "location" // of the catalog
)

// Thing is something that an action makes outside of the workspace.
type Thing struct {
	Kind   string
	Name   string // owner/name of a repository, target of a location; of others see part
	Label  string // what people read; empty: the name
	ID     string // of the forge or of the catalog; empty until it is known to be made
	URL    string
	Commit string // the only one that the task pushes to a repository or branch; empty until it does
}

// Ledger keeps account of what a task makes outside of its workspace. An
// action writes what it is about to make before it does, so that nothing is
// forgotten whatever happens, and what has come of it after it has.
type Ledger interface {
	// Find returns what was written of a thing; false if nothing was.
	Find(ctx context.Context, kind, name string) (Thing, bool, error)
	Intend(ctx context.Context, thing Thing) error
	Made(ctx context.Context, thing Thing) error
	// Forget takes back an intention: the thing was not made by this task.
	Forget(ctx context.Context, thing Thing) error
}

// grace is how long an act that has begun may go on after its run was stopped.
const grace = 5 * time.Second

// seeThrough is the context of an act outside that is written down before and
// after: cut off in the middle, nobody would know whether it was done. Call
// done after it.
func seeThrough(ctx context.Context) (through context.Context, done context.CancelFunc) {
	through, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	return through, func() { stop(); cancel() }
}
