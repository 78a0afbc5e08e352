package system

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"k8s.io/client-go/rest"

	"github.com/pronto-platform/pronto/internal/base/netclient"
	"github.com/pronto-platform/pronto/internal/base/part"
	"github.com/pronto-platform/pronto/internal/estate/cluster"
	"github.com/pronto-platform/pronto/internal/system/control"
)

// RunPlatform is the platform's process: the portal and, when nothing else is
// brought, forge, actions, registry, gitops and identity.
func RunPlatform(ctx context.Context, state string) error {
	cfg, err := existing(state)
	if err != nil {
		return err
	}
	g, err := prepare(cfg)
	if err != nil {
		return err
	}
	log := logger()
	kube, err := kubernetes(cfg)(ctx)
	if err != nil {
		return err
	}
	httpClient, err := netclient.New(g.netclient())
	if err != nil {
		return err
	}
	w := &wiring{ground: g, kube: kube, http: httpClient, log: log}
	parts, err := w.parts(ctx)
	if err != nil {
		return err
	}
	w.board = board(parts)
	return runGroup(ctx, cfg, procPlatform, log, w.board, parts)
}

// wiring is what the platform process' parts are made of.
type wiring struct {
	ground
	kube *rest.Config
	http *http.Client
	log  *slog.Logger
	// board knows which parts are ready, once they are all made.
	board *control.Board
}

func (w *wiring) logger(name string) *slog.Logger { return w.log.With("part", name) }

// Names of parts that others wait for.
const (
	partLink    = "link"
	partCluster = "cluster"
	partImages  = "images"
	partHooks   = "hooks"
)

func (w *wiring) parts(ctx context.Context) ([]need, error) {
	estate, err := w.estate(ctx)
	if err != nil {
		return nil, err
	}
	platform, err := w.platform(ctx)
	if err != nil {
		return nil, err
	}
	parts := append(w.servers(estate), []need{
		{part: estate.forge}, {part: estate.registry},
		{part: w.link()},
		{part: w.cluster()},
		{part: w.hooks(), after: []string{partLink}},
		{part: w.images(), after: []string{partLink}},
		{part: estate.gitops, after: []string{partLink, partCluster}},
		{part: estate.actions, after: []string{partLink, partCluster, partImages}},
	}...)
	return append(parts, platform...), nil
}

// link is ready when the edge gives the platform's own hosts to this process:
// from then on the parts reach one another.
func (w *wiring) link() part.Part {
	return part.Func(partLink, func(ctx context.Context, ready func()) error {
		err := until(ctx, func(ctx context.Context) error {
			return w.answers(ctx, w.cfg.URL("git").JoinPath("api/v3/meta").String())
		})
		if err != nil {
			return err
		}
		ready()
		<-ctx.Done()
		return nil
	})
}

func (w *wiring) answers(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	res, err := w.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode >= http.StatusInternalServerError {
		return fmt.Errorf("%s: %s", url, res.Status)
	}
	return nil
}

// retryInterval is between two looks at a neighbour that starts beside us.
const retryInterval = 100 * time.Millisecond

// until calls try until it succeeds; its last error is told with ctx's.
func until(ctx context.Context, try func(context.Context) error) error {
	tick := time.NewTicker(retryInterval)
	defer tick.Stop()
	for {
		err := try(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%w (last: %w)", ctx.Err(), err)
		}
	}
}

// cluster is ready when the API server answers and the node takes pods.
func (w *wiring) cluster() part.Part {
	return part.Func(partCluster, func(ctx context.Context, ready func()) error {
		if err := w.waitCluster(ctx); err != nil {
			return err
		}
		ready()
		<-ctx.Done()
		return nil
	})
}

func (w *wiring) waitCluster(ctx context.Context) error {
	if !w.cfg.Embedded() {
		return cluster.External{Kubeconfig: w.cfg.Node.Kubeconfig}.Wait(ctx)
	}
	node, err := nodeConfig(w.ground, w.logger(partCluster))
	if err != nil {
		return err
	}
	return cluster.Wait(ctx, node)
}
