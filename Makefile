# What people type. Everything else is cargo's.

.PHONY: build demo test contracts bench

build: ## The program, optimised: target/release/headwater
	cargo build --release --locked -p api

demo: ## Everything once, on this machine, in under a minute
	cargo run --locked -p api -- demo $(DEMO)

test: ## All tests, on SQLite and on a private PostgreSQL
	./.ci/test

contracts: ## What was sent and answered in the last `make test`, against the providers' own descriptions: operations held
	@for f in target/contract/*.txt; do test -e $$f && echo "$$(basename $$f .txt): $$(sort -u $$f | wc -l) operations"; done

bench: ## Benchmarks; each prints its ratio and what it is against
	cargo bench --locked -p tests
