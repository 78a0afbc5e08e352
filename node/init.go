package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/pronto-platform/pronto/node/internal/boot"
	"github.com/pronto-platform/pronto/node/internal/nodeconf"
)

// permissionFD is the pipe on which the host says that the network is connected.
const permissionFD = 3

// runInit is the first process of a node.
func runInit() int {
	flags := flag.NewFlagSet("init", flag.ContinueOnError)
	file := flags.String("config", "", "the node's configuration, a JSON file")
	if err := flags.Parse(os.Args[1:]); err != nil {
		return 2
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	if os.Getpid() != 1 {
		fmt.Fprintln(os.Stderr, "pronto-node init: it must be the first process of its own namespaces; `pronto up` starts it so")
		return 2
	}
	cfg, err := nodeconf.Load(*file)
	if err != nil {
		log.Error("node not started", "error", err)
		return 2
	}
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	if err := boot.Run(ctx, cfg, os.NewFile(permissionFD, "permission"), log); err != nil {
		log.Error("node ended", "error", err)
		return 1
	}
	return 0
}
