package catalog

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"database/sql/driver"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// normalise fills in what may be left out and takes away what only the
// catalog says.
func normalise(e Entity) Entity {
	e.Metadata.Namespace = e.Ref().Namespace
	e.Metadata.UID, e.Metadata.Etag = "", ""
	e.Relations, e.Status = nil, nil
	return e
}

// annotate sets annotations; a source location that the descriptor states
// stays.
func annotate(e Entity, annotations map[string]string) Entity {
	all := maps.Clone(e.Metadata.Annotations)
	if all == nil {
		all = map[string]string{}
	}
	stated := all[AnnotationSource]
	delete(all, AnnotationOrphan)
	maps.Copy(all, annotations)
	if stated != "" {
		all[AnnotationSource] = stated
	}
	e.Metadata.Annotations = all
	return e
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// records are the catalog's tables within one transaction.
type records struct {
	tx      *sql.Tx
	touched map[string]bool // refs of what has changed
}

func (r records) touch(ref string) { r.touched[ref] = true }

// put stores an entity under its ref; location "" means none. Its uid stays
// the same for as long as the ref is there.
func (r records) put(ctx context.Context, one stated, location string, faults []Fault) error {
	ref := one.entity.Ref().String()
	body, err := json.Marshal(one.entity)
	if err != nil {
		return fmt.Errorf("encode %s: %w", ref, err)
	}
	sum := sha256.Sum256(body)
	const statement = `INSERT INTO catalog_entities (ref, uid, etag, location_id, body, parents, faults) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (ref) DO UPDATE SET etag = excluded.etag, location_id = excluded.location_id, body = excluded.body,
			parents = excluded.parents, faults = excluded.faults, orphan = 0
		WHERE etag <> excluded.etag OR location_id IS NOT excluded.location_id OR parents <> excluded.parents
			OR faults <> excluded.faults OR orphan <> 0`
	return r.changing(ctx, ref, "store "+ref, statement, ref, uuid.NewString(), hex.EncodeToString(sum[:20]),
		sql.NullString{String: location, Valid: location != ""}, string(body), list[string](one.parents), list[Fault](faults))
}

// list is a column that holds a JSON array.
type list[T any] []T

// Value encodes the list for the database.
func (l list[T]) Value() (driver.Value, error) {
	text, err := json.Marshal(append([]T{}, l...))
	return string(text), err
}

// changing runs a statement, and notes the entity as changed if it did anything.
func (r records) changing(ctx context.Context, ref, what, statement string, args ...any) error {
	changed, err := r.exec(ctx, what, statement, args...)
	if err == nil && changed > 0 {
		r.touch(ref)
	}
	return err
}

func (r records) remove(ctx context.Context, ref string) error {
	return r.changing(ctx, ref, "remove "+ref, `DELETE FROM catalog_entities WHERE ref = ?`, ref)
}

func (r records) setOrphan(ctx context.Context, ref string) error {
	return r.changing(ctx, ref, "mark "+ref, `UPDATE catalog_entities SET orphan = 1, faults = '[]' WHERE ref = ? AND orphan = 0`, ref)
}

func (r records) setFaults(ctx context.Context, ref string, faults []Fault) error {
	now := list[Fault](faults)
	return r.changing(ctx, ref, "mark "+ref, `UPDATE catalog_entities SET faults = ? WHERE ref = ? AND faults <> ?`, now, ref, now)
}

// holder is where an entity comes from.
type holder struct {
	location string // empty: none
	orphan   bool
	there    bool
}

func (r records) owner(ctx context.Context, ref string) (o holder, err error) {
	var id sql.NullString
	err = r.tx.QueryRowContext(ctx, `SELECT location_id, orphan FROM catalog_entities WHERE ref = ?`, ref).Scan(&id, &o.orphan)
	if errors.Is(err, sql.ErrNoRows) {
		return o, nil
	}
	o.location, o.there = id.String, err == nil
	return o, wrap(err, "find "+ref)
}

// held lists what a location has stated.
func (r records) held(ctx context.Context, location string) ([]held, error) {
	rows, err := r.tx.QueryContext(ctx, `SELECT ref, orphan FROM catalog_entities WHERE location_id = ? ORDER BY ref`, location)
	if err != nil {
		return nil, wrap(err, "list entities")
	}
	defer rows.Close()
	var all []held
	for rows.Next() {
		var one held
		if err := rows.Scan(&one.ref, &one.orphan); err != nil {
			return nil, wrap(err, "list entities")
		}
		all = append(all, one)
	}
	return all, wrap(rows.Err(), "list entities")
}

// texts returns the one column that a statement selects.
func (r records) texts(ctx context.Context, statement string, args ...any) ([]string, error) {
	rows, err := r.tx.QueryContext(ctx, statement, args...)
	if err != nil {
		return nil, wrap(err, "list entities")
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, wrap(err, "list entities")
		}
		all = append(all, text)
	}
	return all, wrap(rows.Err(), "list entities")
}

// exec runs a statement and tells how many rows it changed.
func (r records) exec(ctx context.Context, what, statement string, args ...any) (int64, error) {
	result, err := r.tx.ExecContext(ctx, statement, args...)
	if err != nil {
		return 0, wrap(err, what)
	}
	changed, err := result.RowsAffected()
	return changed, wrap(err, what)
}

func wrap(err error, what string) error {
	if err != nil {
		return fmt.Errorf("catalog: %s: %w", what, err)
	}
	return nil
}

// change runs do in one transaction; if it changed anything, the catalog is
// read anew and who watches is told.
func (c *Catalog) change(ctx context.Context, do func(records) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	tx, err := c.db.BeginTx(ctx, nil)
	if err != nil {
		return wrap(err, "begin")
	}
	r := records{tx, map[string]bool{}}
	if err := do(r); err != nil {
		if undo := tx.Rollback(); undo != nil && !errors.Is(undo, sql.ErrTxDone) {
			return fmt.Errorf("%w (and undo: %w)", err, undo)
		}
		return err
	}
	if err := tx.Commit(); err != nil {
		c.cached.Store(nil) // nobody knows what has become of it
		return wrap(err, "commit")
	}
	if len(r.touched) > 0 {
		c.cached.Store(nil)
		c.watchers.tell(kindsOf(r.touched))
	}
	return nil
}

func kindsOf(refs map[string]bool) map[string]bool {
	kinds := map[string]bool{}
	for ref := range refs {
		kind, _, _ := strings.Cut(ref, ":")
		kinds[kind] = true
	}
	return kinds
}
