# Every target sets up what it needs. `make demo` and `make test` are the two commands a newcomer runs.
PYTHON ?=
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup demo test check lint bench system clean
.DEFAULT_GOAL := help

help:  ## what can be asked of this file
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/.ready: requirements-dev.lock pyproject.toml
	@python=$$(.ci/python $(PYTHON)) && "$$python" -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: $(VENV)/.ready  ## make .venv with everything from the lock file; leaves .venv/bin/dipper

system: setup  ## see to it that the system packages of the tests are there (installs them as root on Debian or Ubuntu)
	@.ci/system

lint: setup  ## formatting, lint, types and import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint  ## the quick half of the suite, under a minute: no servers, no browser
	$(BIN)/pytest -q -n 2 --dist loadfile -m "not lab and not e2e and not browser and not postgres and not slow"

test: system lint  ## the whole suite
	$(BIN)/pytest -n 2 --dist loadfile --cov --cov-report=term:skip-covered $$(cat var/left-out 2>/dev/null)

demo: setup  ## start the bot and a local workspace on SQLite, and print one URL (PORT=8021)
	@$(BIN)/dipper demo $(if $(PORT),--port $(PORT))

bench: setup  ## measure; nothing here passes or fails
	$(BIN)/python -m tests.bench

clean:
	rm -rf $(VENV) var build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage*
