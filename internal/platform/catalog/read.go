package catalog

import (
	"context"
	"crypto/sha1" // Backstage names generated entities by it
	"encoding/hex"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"github.com/pronto-platform/pronto/internal/platform/fault"
	"github.com/pronto-platform/pronto/internal/platform/scm"
)

// Annotations that the catalog sets.
const (
	AnnotationManagedBy       = "backstage.io/managed-by-location"
	AnnotationManagedByOrigin = "backstage.io/managed-by-origin-location"
	AnnotationSource          = "backstage.io/source-location"
	AnnotationViewURL         = "backstage.io/view-url"
	AnnotationEditURL         = "backstage.io/edit-url"
	AnnotationOrphan          = "backstage.io/orphan"
)

// reader reads the descriptors of one location.
type reader struct {
	*source
	reading
	origin string         // type:target of the location
	wide   bool           // it may state entities of every kind
	index  map[string]int // of stated, by ref
	seen   map[string][]string
}

// read reads all that a location leads to. What is wrong stands in the
// reading; nothing of it ends the rest.
func (c *Catalog) read(ctx context.Context, location site) reading {
	r := &reader{
		source: &source{forge: c.scm, from: map[repository]bool{}},
		origin: location.ref(), wide: location.wide(), index: map[string]int{}, seen: map[string][]string{},
	}
	r.faults = map[string][]Fault{}
	root := generated(location.Type, location.Target)
	at, err := c.target(location.Location)
	if err != nil {
		r.fail(root, err)
	} else {
		r.lead(ctx, step{parent: root}, at)
	}
	if len(r.stated) == 0 && len(r.faults) == 0 {
		r.fail(root, fault.Inputf("%s has no entities", location.Target))
	}
	r.reading.from = r.source.from
	return r.reading
}

// target is where a location's descriptors are. Files of this machine are
// stated by the configuration alone.
func (c *Catalog) target(location Location) (target, error) {
	if location.Type == typeFile {
		return localTarget(location.Target)
	}
	return parseTarget(c.forge, location.Target)
}

// generated names the entity that stands for a location, as Backstage does.
func generated(kind, address string) string {
	sum := sha1.Sum([]byte(kind + ":" + address))
	return Ref{"Location", defaultNamespace, "generated-" + hex.EncodeToString(sum[:])}.String()
}

const unavailable = "ServiceUnavailableError"

// fail notes what could not be read. What is not stated because of it is not
// known to be gone.
func (r *reader) fail(ref string, err error) {
	r.doubt = true
	r.note(ref, err)
}

func (r *reader) note(ref string, err error) {
	found := Fault{fault.Name(err), err.Error()}
	r.silent = r.silent || found.Name == unavailable
	if !slices.Contains(r.faults[ref], found) {
		r.faults[ref] = append(r.faults[ref], found)
	}
}

// step is how a reader came to a target.
type step struct {
	parent   string // ref of the Location entity that leads there
	depth    int
	optional bool // it is no fault if it is not there
}

// absent notes a target that could not be read. What an optional one stated
// before is not known to be gone either.
func (r *reader) absent(by step, err error) {
	if by.optional && (errors.Is(err, scm.ErrNotFound) || errors.Is(err, fs.ErrNotExist)) {
		r.doubt = true
		return
	}
	r.fail(by.parent, err)
}

// lead reads what a target stands for.
func (r *reader) lead(ctx context.Context, by step, at target) {
	if by.depth > maxDepth {
		r.fail(by.parent, fault.Inputf("%s: locations lead more than %d deep", at.own(), maxDepth))
		return
	}
	at, err := r.branched(ctx, at)
	if err != nil {
		r.absent(by, err)
		return
	}
	files, err := r.expand(ctx, at)
	if err != nil {
		r.absent(by, err)
		return
	}
	if len(files) == 0 {
		r.absent(by, &fault.Error{Name: "InputError", Message: at.own() + " has no descriptors", Cause: fs.ErrNotExist})
	}
	for _, file := range files {
		r.descriptors(ctx, by, file)
	}
}

// descriptors reads one file. A file that was read before only gains a parent,
// so that locations which lead to each other come to an end.
func (r *reader) descriptors(ctx context.Context, by step, at target) {
	parent := by.parent
	if refs, again := r.seen[at.own()]; again {
		for _, ref := range refs {
			r.adopt(ref, parent)
		}
		return
	}
	r.seen[at.own()] = []string{}
	text, err := r.file(ctx, at)
	if err != nil {
		r.absent(by, err)
		return
	}
	documents, err := split(text)
	if err != nil {
		r.fail(parent, fault.Inputf("%s: %v", at.own(), err))
		return
	}
	if len(documents) == 0 {
		r.fail(parent, fault.Inputf("%s has no entities", at.own()))
	}
	var locations []Entity
	for _, document := range documents {
		if entity, ok := r.describe(ctx, document, parent, at); ok && isLocation(entity) {
			locations = append(locations, entity)
		}
	}
	for _, location := range locations {
		r.follow(ctx, location, at, by.depth+1)
	}
}

func isLocation(e Entity) bool { return strings.EqualFold(e.Kind, "location") }

// describe takes up one document, if it is fit.
func (r *reader) describe(ctx context.Context, d document, parent string, at target) (Entity, bool) {
	ref := d.ref()
	entity, err := r.complete(ctx, d, at)
	switch {
	case err == nil:
	case ref == "":
		r.fail(parent, err) // nobody knows what it was to be
		return Entity{}, false
	default:
		r.note(ref, err)
		r.note(parent, err)
		r.doubt = r.doubt || isLocation(Entity{Kind: strings.SplitN(ref, ":", 2)[0]})
		return Entity{}, false
	}
	if err := r.allow(entity.Kind); err != nil {
		r.note(parent, err)
		return Entity{}, false
	}
	if _, twice := r.index[ref]; twice {
		r.note(parent, fault.Inputf("%s is described twice", ref))
		return Entity{}, false
	}
	r.index[ref] = len(r.stated)
	r.stated = append(r.stated, stated{entity, []string{parent}})
	r.seen[at.own()] = append(r.seen[at.own()], ref)
	return entity, true
}

func (r *reader) adopt(ref, parent string) {
	one := &r.stated[r.index[ref]]
	if ref != parent && !slices.Contains(one.parents, parent) {
		one.parents = append(one.parents, parent)
	}
}

// complete resolves what the document takes from other files, checks it and
// says where it comes from.
func (r *reader) complete(ctx context.Context, d document, at target) (Entity, error) {
	said := func(err error) error {
		var named *fault.Error
		if errors.As(err, &named) && named.Name == unavailable {
			return err
		}
		return fault.Inputf("%s: %v", at.own(), err)
	}
	if d.fault != nil {
		return Entity{}, said(d.fault)
	}
	if err := r.substitute(ctx, d.fields, at); err != nil {
		return Entity{}, said(err)
	}
	entity, err := d.entity()
	if err != nil {
		return Entity{}, said(err)
	}
	entity = normalise(entity)
	if err := check(entity); err != nil {
		return Entity{}, said(err)
	}
	if stated := entity.Annotation(AnnotationSource); strings.EqualFold(entity.Kind, "template") && !at.covers(stated) {
		delete(entity.Metadata.Annotations, AnnotationSource)
	}
	return annotate(entity, r.annotations(at)), nil
}

func (r *reader) annotations(at target) map[string]string {
	says := map[string]string{
		AnnotationManagedBy:       at.typ() + ":" + at.own(),
		AnnotationManagedByOrigin: r.origin,
		AnnotationSource:          at.typ() + ":" + at.source(),
	}
	if at.root == "" {
		says[AnnotationViewURL] = at.address("blob")
		says[AnnotationEditURL] = at.address("edit")
	}
	return says
}

// follow reads the targets that a Location entity names.
func (r *reader) follow(ctx context.Context, location Entity, at target, depth int) {
	ref := location.Ref().String()
	if kind := location.Text("type"); kind != "" && kind != at.typ() && kind != typeURL {
		r.fail(ref, fault.Inputf("%s: spec.type %q: a descriptor leads to locations of type url; "+
			"those of type file are stated in pronto.yaml", location.Ref(), kind))
		return
	}
	for _, address := range append(texts(location.Spec["target"]), texts(location.Spec["targets"])...) {
		next, err := at.relative(address)
		if err != nil {
			r.fail(ref, err)
			continue
		}
		r.lead(ctx, step{ref, depth, location.Spec["presence"] == "optional"}, next)
	}
}
