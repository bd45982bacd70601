# The two commands of the README are `make demo` and `make test`; each makes .venv when it is missing.
PYTHON ?= python3
BIN := .venv/bin
PYTEST_ARGS ?=

.PHONY: demo test lint types format clean

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "archspec needs Python 3.11 or newer, this is %s; try: make PYTHON=python3.12" % sys.version.split()[0])'
	$(PYTHON) -m venv .venv

.venv/.demo-installed: pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[image,demo]'
	@touch $@

.venv/.dev-installed: pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ .venv/.demo-installed

demo: .venv/.demo-installed
	@BIN=$(BIN) sh docs/demo.sh

test: lint types
	$(BIN)/pytest -q $(PYTEST_ARGS)

lint: .venv/.dev-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.dev-installed
	$(BIN)/mypy

format: .venv/.dev-installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
