# Two commands do everything on a fresh Debian or Ubuntu machine with a Rust
# toolchain: `make demo` runs the main job, `make test` runs every test. Both
# may be repeated; the second time they are quick.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

BONAFIDE := target/release/bonafide

.PHONY: help setup build models demo serve test check eval bench fuzz notices clean

help: ## Show the targets.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what is missing (apt-get when allowed, else say what to install).
	@scripts/setup.sh

build: setup ## Build the binary in release mode.
	@cargo build --release --locked --workspace

models: build ## Fetch the weights, the runtime, fonts and sample pictures.
	@$(BONAFIDE) models fetch

demo: models ## Run one verification through a server's HTTP API, on sample data.
	@scripts/demo.sh

serve: models ## Run a server; its data stays in target/serve.
	@$(BONAFIDE) serve --data target/serve

test: setup ## Run every test.
	@scripts/test.sh

check: setup ## Format, lints, documentation, dependencies, generated files.
	@scripts/check.sh

eval: models ## Measure accuracy on the data in BONAFIDE_DEV_DATA; reports in target/eval.
	@scripts/eval.sh

bench: models ## The figures of docs/benchmarks.md.
	@$(BONAFIDE) bench

fuzz: setup ## Fuzz each parser of outside bytes for a minute.
	@scripts/fuzz.sh

notices: ## Write THIRD-PARTY-NOTICES.md anew.
	@scripts/notices.py > THIRD-PARTY-NOTICES.md

clean: ## Remove what was built.
	@cargo clean
