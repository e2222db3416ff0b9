# `make demo` and `make test` need Python >= 3.11 and nothing else; everything lands in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
INSTITUTIONS ?= 2000
WORKERS ?= 2

.PHONY: demo test check audit clients fuzz bench soak lint types layers migrations sdl lock clean

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python >= 3.11 is needed; set PYTHON=/path/to/python3.11 / 需要 Python 3.11 或更高版本"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: $(BIN)/python requirements/build.txt requirements/runtime.txt pyproject.toml
	$(PIP) install --require-hashes -r requirements/build.txt -r requirements/runtime.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

demo: $(VENV)/.runtime ## From nothing to a served, scored register.
	@exec $(BIN)/registry demo --institutions $(INSTITUTIONS)

test: $(VENV)/.dev ## All tests that need Python only; what fails among them is asked once more alone, and both are told.
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup || \
	  { [ $$? -eq 1 ] && echo "== once more, alone ==" && $(BIN)/python -m pytest --last-failed --last-failed-no-failures none -r fEP; }

check: lint types layers migrations test ## What every commit passes; the tests hold the SDL.

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

layers: $(VENV)/.dev
	$(BIN)/lint-imports

migrations: $(VENV)/.dev
	$(BIN)/squawk sql/migrations/*.sql

audit: $(VENV)/.dev ## Known vulnerabilities of what is locked; tells where no service answers.
	$(BIN)/python .ci/audit.py requirements/runtime.txt requirements/dev.txt requirements/build.txt

sdl: $(VENV)/.dev ## Writes the schema after a change of types.
	$(BIN)/registry schema > schema/registry.graphql

clients: $(VENV)/.runtime ## Audits, clients and a browser that others wrote; needs Node >= 20 and Chromium.
	tests/node/run.sh $(BIN)/registry

fuzz: $(VENV)/.runtime ## 10,000 questions and mutations made from the schema; a quarter of an hour at most.
	tests/fuzzing/run.sh $(BIN)/registry

bench: $(VENV)/.dev ## Ratios against peers and floors, measured in one run.
	$(BIN)/python benchmarks/run_all.py

soak: $(VENV)/.dev ## 200 imports killed at random instants; three quarters of an hour at most.
	$(BIN)/python -m tests.history.soak --rounds 200

lock: $(VENV)/.dev ## Renews the locked versions; needs uv.
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements/runtime.txt pyproject.toml
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q --group dev -c requirements/runtime.txt -o requirements/dev.txt pyproject.toml
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q --group bench -c requirements/runtime.txt -o requirements/bench.txt pyproject.toml

clean:
	rm -rf $(VENV) .registry dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
