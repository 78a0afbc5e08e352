package catalog

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
)

// row is an entity with its relations, and as it is searched.
type row struct {
	ref      string
	entity   Entity
	index    index
	text     searchText
	parents  []string
	location string // id; empty: none
	stands   bool   // for the location itself
}

// snapshot is the whole catalog as of the last change, in the order of refs.
type snapshot struct {
	rows  []row
	byRef map[string]row
	byUID map[string]row
}

// current returns the catalog as it is. What it holds must not be changed.
func (c *Catalog) current(ctx context.Context) (*snapshot, error) {
	if s := c.cached.Load(); s != nil {
		return s, nil
	}
	c.mu.Lock() // no change between reading the rows and keeping them
	defer c.mu.Unlock()
	if s := c.cached.Load(); s != nil {
		return s, nil
	}
	s, err := c.load(ctx)
	if err == nil {
		c.cached.Store(s)
	}
	return s, err
}

func (c *Catalog) load(ctx context.Context) (*snapshot, error) {
	rows, err := c.loadEntities(ctx)
	if err != nil {
		return nil, err
	}
	locations, err := c.sites(ctx, everySite)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, r := range rows {
		known[r.entity.Ref().String()] = true
	}
	for _, location := range locations {
		if known[location.EntityRef] {
			continue
		}
		entity := withStatus(location.entity(), location.faults)
		entity.Metadata.Etag = etagOf(entity)
		rows = append(rows, row{entity: entity, location: location.ID, stands: true})
	}
	return newSnapshot(rows), nil
}

func etagOf(e Entity) string {
	body, err := json.Marshal(e)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:20])
}

// described is a stored descriptor as it was decoded and checked.
type described struct {
	etag   string
	entity Entity
	fault  []Fault
}

// loadEntities reads every entity; only those that have changed since the last
// time are decoded.
func (c *Catalog) loadEntities(ctx context.Context) ([]row, error) {
	const all = `SELECT uid, etag, location_id, body, parents, orphan, faults FROM catalog_entities ORDER BY ref`
	found, err := c.db.QueryContext(ctx, all)
	if err != nil {
		return nil, wrap(err, "read entities")
	}
	defer found.Close()
	var rows []row
	now := make(map[string]described, len(c.known))
	for found.Next() {
		one, err := c.scanRow(found, now)
		if err != nil {
			return nil, err
		}
		rows = append(rows, one)
	}
	if err := found.Err(); err != nil {
		return nil, wrap(err, "read entities")
	}
	c.known = now
	return rows, nil
}

func (c *Catalog) scanRow(found *sql.Rows, now map[string]described) (one row, err error) {
	var uid, etag, body, parents, faults string
	var location sql.NullString
	var orphan bool
	if err := found.Scan(&uid, &etag, &location, &body, &parents, &orphan, &faults); err != nil {
		return row{}, wrap(err, "read entities")
	}
	descriptor, known := c.known[uid]
	if !known || descriptor.etag != etag {
		if descriptor, err = c.decode(uid, etag, body); err != nil {
			return row{}, err
		}
	}
	now[uid] = descriptor
	var wrong []Fault
	if err := errors.Join(json.Unmarshal([]byte(parents), &one.parents), json.Unmarshal([]byte(faults), &wrong)); err != nil {
		return row{}, wrap(err, "decode entity "+uid)
	}
	one.entity, one.location = descriptor.entity, location.String
	if orphan {
		annotations := maps.Clone(one.entity.Metadata.Annotations)
		annotations[AnnotationOrphan] = "true"
		one.entity.Metadata.Annotations = annotations
	}
	one.entity = withStatus(one.entity, append(wrong, descriptor.fault...))
	return one, nil
}

func (c *Catalog) decode(uid, etag, body string) (d described, err error) {
	d.etag = etag
	if err := json.Unmarshal([]byte(body), &d.entity); err != nil {
		return d, wrap(err, "decode entity "+uid)
	}
	d.entity.Metadata.UID, d.entity.Metadata.Etag = uid, etag
	if c.check != nil {
		if err := c.check(d.entity); err != nil {
			d.fault = []Fault{{"InputError", err.Error()}}
		}
	}
	return d, nil
}

// statusType is Backstage's ENTITY_STATUS_CATALOG_PROCESSING_TYPE.
const statusType = "backstage.io/catalog-processing"

func withStatus(e Entity, faults []Fault) Entity {
	if len(faults) == 0 {
		return e
	}
	e.Status = &Status{}
	for _, fault := range faults {
		e.Status.Items = append(e.Status.Items, StatusItem{statusType, "error", fault.Name + ": " + fault.Message, &fault})
	}
	return e
}

func newSnapshot(rows []row) *snapshot {
	entities := make([]Entity, len(rows))
	for i := range rows {
		entities[i] = rows[i].entity
	}
	for i, entity := range relate(entities) {
		rows[i].ref, rows[i].entity = entity.Ref().String(), entity
		rows[i].index = indexOf(entity)
		rows[i].text = searchTextOf(entity)
	}
	slices.SortFunc(rows, func(a, b row) int { return strings.Compare(a.ref, b.ref) })
	s := &snapshot{rows: rows, byRef: make(map[string]row, len(rows)), byUID: make(map[string]row, len(rows))}
	for _, r := range rows {
		s.byRef[r.ref] = r
		s.byUID[r.entity.Metadata.UID] = r
	}
	return s
}
