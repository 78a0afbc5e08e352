package scaffold

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// taskArgs is the queue's message: do this task.
type taskArgs struct {
	ID string `json:"id"`
}

// Kind implements river.JobArgs.
func (taskArgs) Kind() string { return queueKind }

const queueKind = "scaffolder-task"

type taskWorker struct {
	river.WorkerDefaults[taskArgs]
	service *Service
}

// Work implements river.Worker.
func (w *taskWorker) Work(ctx context.Context, job *river.Job[taskArgs]) error {
	return w.service.work(ctx, job.Args.ID)
}

// localDriver tells River that nobody else inserts jobs: it then wakes its
// workers in this process at once instead of finding a notification by polling.
type localDriver struct{ *riversqlite.Driver }

func (localDriver) SupportsListener() bool     { return false }
func (localDriver) SupportsListenNotify() bool { return false }

const taskTimeout = 10 * time.Minute

func newQueue(s *Service) (*river.Client[*sql.Tx], error) {
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, &taskWorker{service: s}); err != nil {
		return nil, fmt.Errorf("scaffold: queue: %w", err)
	}
	client, err := river.NewClient(localDriver{riversqlite.New(s.cfg.DB)}, &river.Config{
		Queues:        map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: s.cfg.Workers}},
		Workers:       workers,
		FetchCooldown: 2 * time.Millisecond,
		JobTimeout:    taskTimeout,
		MaxAttempts:   1, // a task that fails has failed; one that was cut off is queued again by Run
		Logger:        slog.New(quiet{s.log.Handler()}),
	})
	if err != nil {
		return nil, fmt.Errorf("scaffold: queue: %w", err)
	}
	return client, nil
}
