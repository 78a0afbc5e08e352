package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
)

// row is an entity with its relations, and as it is searched.
type row struct {
	entity   Entity
	index    index
	location string // id; empty: none
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
	found, err := c.db.QueryContext(ctx, `SELECT uid, etag, location_id, body FROM catalog_entities ORDER BY ref`)
	if err != nil {
		return nil, wrap(err, "read entities")
	}
	defer found.Close()
	var entities []Entity
	var locations []string
	for found.Next() {
		var uid, etag, body string
		var location sql.NullString
		if err := found.Scan(&uid, &etag, &location, &body); err != nil {
			return nil, wrap(err, "read entities")
		}
		var entity Entity
		if err := json.Unmarshal([]byte(body), &entity); err != nil {
			return nil, wrap(err, "decode entity "+uid)
		}
		entity.Metadata.UID, entity.Metadata.Etag = uid, etag
		entities, locations = append(entities, entity), append(locations, location.String)
	}
	if err := found.Err(); err != nil {
		return nil, wrap(err, "read entities")
	}
	return newSnapshot(relate(entities), locations), nil
}

func newSnapshot(entities []Entity, locations []string) *snapshot {
	s := &snapshot{byRef: map[string]row{}, byUID: map[string]row{}}
	for i, entity := range entities {
		r := row{entity, indexOf(entity), locations[i]}
		s.rows = append(s.rows, r)
		s.byRef[entity.Ref().String()] = r
		s.byUID[entity.Metadata.UID] = r
	}
	return s
}
