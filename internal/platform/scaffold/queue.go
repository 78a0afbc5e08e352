package scaffold

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// turn is the queue's message: do the task that is next in the line. There is
// one for each task.
type turn struct{}

// Kind implements river.JobArgs.
func (turn) Kind() string { return queueKind }

const queueKind = "scaffolder-task"

type turnWorker struct {
	river.WorkerDefaults[turn]
	service *Service
}

// Work implements river.Worker.
func (w *turnWorker) Work(ctx context.Context, _ *river.Job[turn]) error {
	s := w.service
	next, ok := s.line.next()
	if !ok {
		return nil
	}
	err := s.work(ctx, next.task)
	if s.line.done(next.creator) && !errors.Is(ctx.Err(), context.Canceled) { // else the process ends
		err = errors.Join(err, s.giveTurn(context.WithoutCancel(ctx)))
	}
	return err
}

func (s *Service) giveTurn(ctx context.Context) error {
	if _, err := s.queue.Insert(ctx, turn{}, nil); err != nil {
		return fmt.Errorf("queue a task: %w", err)
	}
	return nil
}

// localDriver tells River that nobody else inserts jobs: it then wakes its
// workers in this process at once instead of finding a notification by polling.
type localDriver struct{ *riversqlite.Driver }

func (localDriver) SupportsListener() bool     { return false }
func (localDriver) SupportsListenNotify() bool { return false }

const taskTimeout = 10 * time.Minute

func newQueue(s *Service) (*river.Client[*sql.Tx], error) {
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, &turnWorker{service: s}); err != nil {
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
