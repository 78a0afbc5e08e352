package catalog

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/google/uuid"
)

// normalise fills in what may be left out and takes away what only the
// catalog says.
func normalise(e Entity) Entity {
	e.Metadata.Namespace = e.Ref().Namespace
	e.Metadata.UID, e.Metadata.Etag = "", ""
	e.Relations = nil
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
	maps.Copy(all, annotations)
	if stated != "" {
		all[AnnotationSource] = stated
	}
	e.Metadata.Annotations = all
	return e
}

// records are the catalog's tables within one transaction.
type records struct{ tx *sql.Tx }

// put stores an entity under its ref; location "" means none. Its uid stays
// the same for as long as the ref is there.
func (r records) put(ctx context.Context, e Entity, location string) error {
	body, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encode %s: %w", e.Ref(), err)
	}
	sum := sha256.Sum256(body)
	const statement = `INSERT INTO catalog_entities (ref, uid, etag, location_id, body) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (ref) DO UPDATE SET etag = excluded.etag, location_id = excluded.location_id, body = excluded.body`
	_, err = r.tx.ExecContext(ctx, statement, e.Ref().String(), uuid.NewString(), hex.EncodeToString(sum[:20]),
		sql.NullString{String: location, Valid: location != ""}, string(body))
	return wrap(err, "store "+e.Ref().String())
}

// owner returns the location an entity comes from ("": none), and whether it is there.
func (r records) owner(ctx context.Context, ref string) (location string, there bool, err error) {
	var id sql.NullString
	err = r.tx.QueryRowContext(ctx, `SELECT location_id FROM catalog_entities WHERE ref = ?`, ref).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	return id.String, err == nil, wrap(err, "find "+ref)
}

// location returns the id of a target's location, creating it if absent.
func (r records) location(ctx context.Context, address string) (id string, existed bool, err error) {
	err = r.tx.QueryRowContext(ctx, `SELECT id FROM catalog_locations WHERE type = 'url' AND target = ?`, address).Scan(&id)
	if !errors.Is(err, sql.ErrNoRows) {
		return id, true, wrap(err, "find location "+address)
	}
	id = uuid.NewString()
	_, err = r.tx.ExecContext(ctx, `INSERT INTO catalog_locations (id, type, target, created_at) VALUES (?, 'url', ?, ?)`,
		id, address, time.Now().UnixMilli())
	return id, false, wrap(err, "store location "+address)
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

// Location is where entities are read from.
type Location struct {
	ID     string `json:"id"`
	Type   string `json:"type"`
	Target string `json:"target"`
}

// Locations returns the registered locations, oldest first.
func (c *Catalog) Locations(ctx context.Context) ([]Location, error) {
	rows, err := c.db.QueryContext(ctx, `SELECT id, type, target FROM catalog_locations ORDER BY created_at, id`)
	if err != nil {
		return nil, wrap(err, "list locations")
	}
	defer rows.Close()
	locations := []Location{}
	for rows.Next() {
		var l Location
		if err := rows.Scan(&l.ID, &l.Type, &l.Target); err != nil {
			return nil, wrap(err, "list locations")
		}
		locations = append(locations, l)
	}
	return locations, wrap(rows.Err(), "list locations")
}
