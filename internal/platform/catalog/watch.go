package catalog

import (
	"context"
	"strings"
	"sync"
)

// watchers are told of changes, each once however many there were since it
// looked.
type watchers struct {
	mu  sync.Mutex
	all map[chan struct{}]string // kind, lower case
}

func (w *watchers) add(kind string) chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.all == nil {
		w.all = map[chan struct{}]string{}
	}
	signal := make(chan struct{}, 1)
	w.all[signal] = strings.ToLower(kind)
	return signal
}

func (w *watchers) remove(signal chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.all, signal)
}

func (w *watchers) tell(kinds map[string]bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for signal, kind := range w.all {
		if !kinds[kind] {
			continue
		}
		select {
		case signal <- struct{}{}:
		default: // it has yet to look
		}
	}
}

// Watch is signalled after every change of an entity of a kind, and after a
// push to a repository that one comes from, until ctx ends. Several changes
// may come as one signal.
func (c *Catalog) Watch(ctx context.Context, kind string) <-chan struct{} {
	signal := c.watchers.add(kind)
	context.AfterFunc(ctx, func() { c.watchers.remove(signal) })
	return signal
}

// Template is a Template entity that a location states.
type Template struct {
	Ref    string // e.g. template:default/nodejs
	Etag   string // changes with the descriptor
	Entity Entity
	Source string // type:address of the directory it is in, with a slash at its end
}

// Templates returns the Template entities that locations state, in the order
// of their refs. The built-in ones are not among them, nor those that their
// location states no more.
func (c *Catalog) Templates(ctx context.Context) ([]Template, error) {
	s, err := c.current(ctx)
	if err != nil {
		return nil, err
	}
	var templates []Template
	for _, r := range s.rows {
		if r.location == "" || !strings.EqualFold(r.entity.Kind, "template") || r.entity.Annotation(AnnotationOrphan) != "" {
			continue
		}
		templates = append(templates, Template{
			r.ref, r.entity.Metadata.Etag, r.entity, r.entity.Annotation(AnnotationSource),
		})
	}
	return templates, nil
}
