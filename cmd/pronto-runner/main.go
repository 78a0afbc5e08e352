// Command pronto-runner executes one workflow job. It is the command of a
// job's pod and takes all it needs from PRONTO_RUNNER_URL, the token file
// PRONTO_RUNNER_TOKEN_FILE and the certificates in PRONTO_RUNNER_CA_FILE.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/pronto-platform/pronto/internal/base/netclient"
	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/estate/actions/runner"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "pronto-runner:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	token, err := os.ReadFile(os.Getenv("PRONTO_RUNNER_TOKEN_FILE"))
	if err != nil {
		return fmt.Errorf("PRONTO_RUNNER_TOKEN_FILE: %w", err)
	}
	httpClient, err := trusting(os.Getenv("PRONTO_RUNNER_CA_FILE"))
	if err != nil {
		return err
	}
	return runner.Run(ctx, runner.Config{
		URL: os.Getenv("PRONTO_RUNNER_URL"), Home: os.Getenv("PRONTO_RUNNER_HOME"),
		Token: secret.New(strings.TrimSpace(string(token))), HTTP: httpClient,
	})
}

func trusting(caFile string) (*http.Client, error) {
	if caFile == "" {
		return netclient.New(netclient.Config{})
	}
	ca, err := os.ReadFile(caFile)
	if err != nil {
		return nil, fmt.Errorf("PRONTO_RUNNER_CA_FILE: %w", err)
	}
	return netclient.New(netclient.Config{CA: ca})
}
