# Pronto. The two commands: `make up` starts the platform, `make test` tests it.
# Both set up what they need on a fresh Debian machine with Go and Node.js.

SHELL := /bin/bash -eu -o pipefail
.DEFAULT_GOAL := help

BIN        := bin
KUBERNETES := v1.36.3
VERSION    := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

# The compiler is let have memory instead of collecting garbage: it halves the
# time of a cold build. CGO is off, so that every binary is static.
export GOGC        ?= 400
export CGO_ENABLED := 0
export GOFLAGS     := -buildvcs=false

NODE_FLAGS := -s -w -X k8s.io/component-base/version.gitVersion=$(KUBERNETES) -X k8s.io/client-go/pkg/version.gitVersion=$(KUBERNETES)
STEP       := ./hack/step

.PHONY: help up test check build node images web lint-tools unit pages conformance e2e chaos bench fmt generate clean preflight

help: ## Show the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-12s %s\n", $$1, $$2}' Makefile

up: preflight build images ## Build what is missing, start the platform, deliver a first application
	@$(BIN)/pronto up --detach $(if $(NO_SAMPLE),,--sample) $(UP_FLAGS)

preflight:
	@go run ./cmd/pronto-preflight -install

# pronto and its tests share one cache of compiled packages: no -trimpath here.
build: web ## Build every binary
	@$(STEP) pronto 240 go build -ldflags '-s -w -X github.com/pronto-platform/pronto/internal/system.Version=$(VERSION)' -o $(BIN)/pronto ./cmd/pronto
	@$(STEP) pronto-runner 40 go build -ldflags '-s -w' -o $(BIN)/pronto-runner ./cmd/pronto-runner
	@$(MAKE) --no-print-directory node

node: ## Build the node: Kubernetes, containerd, etcd and BuildKit
	@$(STEP) pronto-node 600 go build -C node -trimpath -ldflags '$(NODE_FLAGS)' -o ../$(BIN)/pronto-node .
	@$(STEP) containerd-shim 20 go build -C node -trimpath -ldflags '-s -w' -o ../$(BIN)/ github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2
	@$(STEP) pronto-pause 3 go build -C node -trimpath -ldflags '-s -w' -o ../$(BIN)/pronto-pause ./pause
	@$(STEP) pronto-buildkitd 140 go build -C node/buildkitd -trimpath -ldflags '-s -w' -o ../../$(BIN)/pronto-buildkitd github.com/moby/buildkit/cmd/buildkitd

web: web/dist/index.html ## Build the portal's web app

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	@$(STEP) web-packages 30 npm --prefix web ci --no-audit --no-fund --loglevel=error
	@touch $@

web/dist/index.html: web/node_modules/.package-lock.json $(shell find web/src web/index.html web/vite.config.ts web/public -type f 2>/dev/null)
	@$(STEP) web 20 npm --prefix web run --silent build

images: build ## Make the base images that are not in the machine's cache
	@$(STEP) base-images 60 $(BIN)/pronto images

test: ## Run the unit tests, a browser through every page, and the end-to-end tests on the real chain
	@go run ./cmd/pronto-preflight -install -build-only
	@$(MAKE) --no-print-directory build images
	@$(MAKE) --no-print-directory unit pages e2e

conformance/packages := test/conformance/backstage/node_modules/.package-lock.json

$(conformance/packages): test/conformance/backstage/package.json test/conformance/backstage/package-lock.json
	@$(STEP) backstage-packages 20 npm --prefix test/conformance/backstage ci --no-audit --no-fund --loglevel=error
	@touch $@

conformance: $(conformance/packages) ## Run Backstage's own clients against the portal
	go test -count=1 ./test/conformance/...

unit: $(conformance/packages)
	PRONTO_BUILDKITD=$(CURDIR)/$(BIN)/pronto-buildkitd go test ./cmd/... ./internal/... ./api/... ./templates/... ./web/... ./test/conformance/...
	cd node && go test ./internal/...
	npm --prefix web run --silent test

pages: web/dist/index.html ## Look at every page of the web app in a browser, on phone and desktop: axe, and that it fits; and leave one open over a restart
	./hack/browser
	@ARTIFACTS=$${ARTIFACTS:-$(CURDIR)/artifacts}/pages $(STEP) pages 180 node --test --test-reporter=spec --test-concurrency=1 test/e2e/browser/restart.test.mjs test/e2e/browser/pages.test.mjs

e2e:
	./hack/e2e

chaos: build images ## Kill the platform at 100 random instants and at every boundary of its journals
	./hack/chaos $(CHAOS_FLAGS)

bench: build images ## Measure form, push and rollback to live against a hand-driven floor, tasks at once, and growth
	./hack/bench

check: web/node_modules/.package-lock.json lint-tools ## Format, vet, lint, import rules, web lint and types
	@test -z "$$(gofmt -l cmd internal api test web node templates 2>/dev/null | tee /dev/stderr)"
	go vet ./...
	$(BIN)/golangci-lint run ./...
	go test ./internal/rules
	cd node && go vet ./internal/... ./pause
	npm --prefix web run --silent lint
	npm --prefix web run --silent types

lint-tools:
	@$(STEP) golangci-lint 150 go build -C tools -o ../$(BIN)/golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint

generate: ## Make the generated files anew
	go generate ./...
	npm --prefix web run generate

fmt:
	gofmt -w cmd internal api test web node

clean: ## Remove what was built
	rm -rf $(BIN) web/node_modules test/conformance/backstage/node_modules test/e2e/browser/node_modules web/dist/assets web/dist/index.html
