package actions

import (
	"context"
	"database/sql"
	"fmt"
)

// runsOf selects the runs of one repository by name and id: another of the same
// name may have been made since. Runs that were dispatched may name no id.
const runsOf = `(SELECT id FROM runs WHERE repo = ?1 AND COALESCE(json_extract(CAST(payload AS TEXT), '$.repository.id'), ?2) = ?2)`

// forgetting removes what is there of a repository: ?1 its full name, ?2 its id.
var forgetting = []string{
	`DELETE FROM runners WHERE job_id IN (SELECT id FROM jobs WHERE run_id IN ` + runsOf + `)`,
	`DELETE FROM lines WHERE job_id IN (SELECT id FROM jobs WHERE run_id IN ` + runsOf + `)`,
	`DELETE FROM steps WHERE job_id IN (SELECT id FROM jobs WHERE run_id IN ` + runsOf + `)`,
	`DELETE FROM jobs WHERE run_id IN ` + runsOf,
	`DELETE FROM runs WHERE id IN ` + runsOf,
	`INSERT INTO gone (repository_id) VALUES (?2) ON CONFLICT DO NOTHING`,
	`DELETE FROM pushes WHERE key >= ?2 || ' ' AND key < ?2 || '!'`,
}

// forgetRepository removes the runs of a deleted repository with their logs,
// as GitHub does; jobs at work stop, because the engine then removes the pods
// of runners that are no more.
func (a *Actions) forgetRepository(ctx context.Context, repo string, id int64) error {
	a.engineMu.Lock() // no run is moved on meanwhile
	defer a.engineMu.Unlock()
	a.forge.forget(repo)
	return a.inTx(ctx, func(tx *sql.Tx) error {
		for _, statement := range forgetting {
			if _, err := tx.ExecContext(ctx, statement, repo, id); err != nil {
				return fmt.Errorf("forget %s: %w", repo, err)
			}
		}
		return nil
	})
}

// gone reports whether the repository with that id was deleted.
func gone(ctx context.Context, q querier, id int64) (yes bool, err error) {
	err = q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM gone WHERE repository_id = ?)`, id).Scan(&yes)
	return yes, err
}
