# Two commands do everything on a fresh Debian or Ubuntu machine with a Rust
# toolchain: `make demo` runs the main job, `make test` runs every test. Both
# may be repeated; the second time they are quick.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

BONAFIDE := target/release/bonafide
DEMO := target/demo

.PHONY: help setup build models demo test check eval bench fuzz notices clean

help: ## Show the targets.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what is missing (apt-get when allowed, else say what to install).
	@scripts/setup.sh

build: setup ## Build the binary in release mode.
	@cargo build --release --locked --workspace

models: build ## Fetch the weights, the runtime, fonts and sample pictures.
	@$(BONAFIDE) models fetch

demo: models ## Run one complete verification on sample data.
	@mkdir -p $(DEMO)
	@$(BONAFIDE) specimen --seed 2 --difficulty 1 --out $(DEMO) --today 2026-11-22
	@echo
	@echo '$$ bonafide verify --document $(DEMO)/document.jpg --selfie $(DEMO)/selfie.jpg'
	@$(BONAFIDE) verify --document $(DEMO)/document.jpg --selfie $(DEMO)/selfie.jpg --today 2026-11-22

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
