# What people type. Everything else is cargo's.

.PHONY: build demo test contracts bench fuzz

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

fuzz: ## Fuzz targets, FUZZ_SECONDS each (60); needs a nightly compiler and cargo-fuzz
	cp Cargo.lock tests/fuzz/Cargo.lock
	@for t in manifest expression webhook page; do \
		mkdir -p tests/fuzz/corpus/$$t; \
		cargo +nightly fuzz run --sanitizer none --fuzz-dir tests/fuzz $$t tests/fuzz/corpus/$$t tests/fuzz/seeds/$$t -- \
			-max_total_time=$(or $(FUZZ_SECONDS),60) -timeout=10 -max_len=16384 || exit 1; \
	done
