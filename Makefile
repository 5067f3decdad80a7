# Backchannel: `make run` and `make test` do all the set-up that they need.

PORT         ?= 8000
DATA_DIR     ?= .data
WORKERS      ?= 1
TEST_WORKERS ?= logical
ARGS         ?=

# Some shells have a variable HOST of their own, which means the machine's name: only `make run HOST=…` counts.
HOST_OPTION := $(if $(filter command line,$(origin HOST)),--host '$(HOST)')

PYTHON := .venv/bin/python
CODE   := app schema resolvers tests bench

.PHONY: run test faults check format lock bench clean setup

# `exec` leaves no shell between make and the server, so that it gets make's signals and ends before make does.
run: setup  ## everything on this machine: PORT=9000 DATA_DIR=folder HOST=address WORKERS=2
	@exec $(PYTHON) -m app run --port '$(PORT)' --data-dir '$(DATA_DIR)' --workers '$(WORKERS)' $(HOST_OPTION)

test: setup  ## all tests, on real engines: ARGS="-k inbox"
	@exec $(PYTHON) -m pytest -n $(TEST_WORKERS) --maxprocesses 8 --dist loadfile $(ARGS)

faults: setup  ## what breaks, longer and with several seeds: ARGS="-k killed"
	@exec env FAULTS=full $(PYTHON) -m pytest tests/faults -n $(TEST_WORKERS) --maxprocesses 8 --dist loadfile $(ARGS)

check: setup  ## linters, types, import directions, the committed contract
	@$(PYTHON) -m ruff check --quiet --output-format concise $(CODE)
	@$(PYTHON) -m ruff format --check --quiet $(CODE)
	@$(PYTHON) -m mypy --no-error-summary $(CODE)
	@.venv/bin/lint-imports --no-logo > .import-linter.log || { cat .import-linter.log; exit 1; }
	@$(PYTHON) -m app schema --check

format: setup  ## what ruff can put right by itself
	@$(PYTHON) -m ruff check --fix --quiet $(CODE)
	@$(PYTHON) -m ruff format --quiet $(CODE)

bench: setup  ## measures against bare handlers and peers; writes bench/results/, unless told what: ARGS="history"
	@exec $(PYTHON) -m bench $(ARGS)

lock:  ## renew the hash-pinned locks
	@sh .ci/setup lock

clean:  ## remove what was installed and built, but no data
	rm -rf .venv .uv .sources .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .import-linter.log

setup:
	@sh .ci/setup
