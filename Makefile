# Two commands do everything on a fresh Debian or Ubuntu machine with a Rust
# toolchain: `make demo` runs the main job, `make test` runs every test. Both
# may be repeated; the second time they are quick.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

BONAFIDE := target/release/bonafide

.PHONY: help setup build models demo serve test sabotage test-search generated check eval bench fuzz clean

help: ## Show the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

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

sabotage: setup ## Switch off what keeps the promises, one by one, and see which tests notice.
	@scripts/sabotage.sh

test-search: setup ## Run the operation log's suite against a real Elasticsearch or OpenSearch: URL=…
	@BONAFIDE_TEST_SEARCH=$(URL) cargo test --locked -p bonafide-ledger --lib the_engine_conforms_over_a_real_cluster -- --nocapture

generated: build ## Write the generated files anew: schema, OpenAPI, notices.
	@$(BONAFIDE) config schema > docs/bonafide.schema.json
	@$(BONAFIDE) openapi > docs/openapi.json
	@$(BONAFIDE) policy inventory > docs/data-inventory.md
	@scripts/notices.py > THIRD-PARTY-NOTICES.md

check: setup ## Format, lints, documentation, dependencies, generated files.
	@scripts/check.sh

eval: models ## Measure accuracy on the data in BONAFIDE_DEV_DATA; reports in target/eval.
	@scripts/eval.sh

bench: models ## The figures of docs/benchmarks.md.
	@$(BONAFIDE) bench

fuzz: setup ## Fuzz each parser of outside bytes for a minute.
	@scripts/fuzz.sh

clean: ## Remove what was built.
	@cargo clean
