# Every command of the repository. What a target needs is installed into the checkout: .venv, target, dist.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
# More interpreters that rank-fusion gets a wheel for: the others have one for all of them.
PYTHONS ?=
CRATES := retrieve fusion rerank soft eval
FEATURES := rank-retrieve/usearch,rank-retrieve/qdrant,rank-rerank/candle,rank-rerank/ort,rank-soft/candle-nn,rank-soft/letor
# The extension modules are maturin's; rank-pyo3 has no tests but theirs.
CORE := --workspace --exclude 'rank-*-python' --exclude rank-pyo3 --features $(FEATURES)
ORT_LIBRARY = $(shell $(BIN)/python -c "import glob, importlib.util as u; print(glob.glob(u.find_spec('onnxruntime').submodule_search_locations[0] + '/capi/libonnxruntime.*')[0])")

.PHONY: help demo wheels install test test-rust test-python lint docs bench fuzz format clean
help: ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.venv/runtime: constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed, this is " + sys.version.split()[0] + ": make PYTHON=...")'
	$(PYTHON) -m venv .venv
	$(PIP) maturin hatchling numpy scipy qdrant-client matplotlib tqdm
	touch $@

.venv/develop: .venv/runtime requirements-dev.txt
	$(PIP) -r requirements-dev.txt
	touch $@

wheels: .venv/runtime ## the five wheels and the umbrella, into dist/
	rm -rf dist
	for crate in $(CRATES); do \
	  $(BIN)/maturin build --quiet --locked --release --out dist --interpreter $(BIN)/python --manifest-path crates/rank-$$crate/rank-$$crate-python/Cargo.toml; \
	done
	for python in $(PYTHONS); do \
	  $(BIN)/maturin build --quiet --locked --release --out dist --interpreter $$python --manifest-path crates/rank-fusion/rank-fusion-python/Cargo.toml; \
	done
	$(BIN)/hatchling build --target wheel --directory dist

install: wheels ## those wheels, into .venv
	$(PIP) --no-deps --force-reinstall dist/*.whl

.PHONY: $(CRATES)
$(CRATES): .venv/runtime ## (make fusion, ...) one wheel, built and installed
	$(BIN)/maturin build --quiet --release --out target/wheels/$@ --interpreter $(BIN)/python --manifest-path crates/rank-$@/rank-$@-python/Cargo.toml
	$(PIP) --no-deps --force-reinstall target/wheels/$@/*.whl

demo: install ## the main job, on NumPy's own documentation
	$(BIN)/rank-rank demo

test: lint test-rust test-python ## everything that CI runs
	@grep -ohE '[0-9]+ passed' target/test-rust.log target/test-python.log | awk '{sum += $$1} END {print sum " passed, 0 failed"}'

test-rust: .venv/develop ## the core crates, their examples and documentation
	ORT_DYLIB_PATH=$(ORT_LIBRARY) cargo test --locked $(CORE) | tee target/test-rust.log
	for example in candle_maxsim candle_training qdrant_integration usearch_integration; do \
	  target/debug/examples/$$example > /dev/null; \
	done
	$(MAKE) --no-print-directory docs

.PHONY: test-burn
test-burn: ## the part on Burn, which takes minutes to build
	cargo test --locked -p rank-soft --features burn-flex --test burn
	cargo test --locked -p rank-guide --features burn --test burn

test-python: .venv/develop install ## the installed wheels
	$(BIN)/pytest | tee target/test-python.log

lint: .venv/develop install ## formatting, clippy, ruff, mypy, stubs
	cargo fmt --all --check
	cargo fmt --all --check --manifest-path fuzz/Cargo.toml
	cargo clippy --locked --quiet --workspace --features $(FEATURES) --all-targets -- -D warnings
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy python/rank_rank $(foreach crate,$(CRATES),crates/rank-$(crate)/rank-$(crate)-python/rank_$(crate))
	$(BIN)/mypy --explicit-package-bases tests examples benchmarks
	$(BIN)/python -m mypy.stubtest --ignore-missing-stub $(foreach crate,$(CRATES),rank_$(crate))

docs: ## the Rust documentation, into target/doc
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --quiet --no-deps $(CORE)

.venv/rivals: .venv/develop benchmarks/requirements.txt
	$(PIP) -r benchmarks/requirements.txt
	touch $@

bench: .venv/rivals install ## side by side with others, answers checked
	for program in benchmarks/*.py; do $(BIN)/python $$program; done

FUZZ_SECONDS ?= 60
fuzz: ## every parser on random input, FUZZ_SECONDS each; fuzz/README.md says what it needs
	for target in $$(cargo +nightly fuzz list); do \
	  mkdir -p fuzz/corpus/$$target; \
	  cargo +nightly fuzz run $$target fuzz/corpus/$$target fuzz/seeds/$$target -- -max_total_time=$(FUZZ_SECONDS) -dict=fuzz/words.dict; \
	done

format: .venv/develop ## rewrites the sources
	cargo fmt --all
	cargo fmt --all --manifest-path fuzz/Cargo.toml
	$(BIN)/ruff check --fix --select I,UP .
	$(BIN)/ruff format .

clean: ## back to a fresh clone
	rm -rf .venv target dist build
