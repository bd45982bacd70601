# The two commands of the README are `make demo` and `make test`; each makes .venv when it is missing.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
PINS := .ci/constraints.txt
# The newest Python that the pinned versions were tried with.
PINNED_PYTHON := 3.13
PYTEST_ARGS ?=
MUTANTS ?=
MUTANTS_SAMPLE ?=
MUTANT_PROCESSES ?= 2
SEED ?= 1

.PHONY: zoo-list demo test proofs mutants lint types format pins clean

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "archspec needs Python 3.11 or newer, this is %s; try: make PYTHON=python3.12" % sys.version.split()[0])'
	$(PYTHON) -m venv .venv

# What pip is told of the pinned versions: nothing on a Python that is newer than they are.
.venv/.pins: $(PINS) Makefile | .venv/bin/python
	@if $(BIN)/python -c 'import sys; sys.exit("%d.%02d" % sys.version_info[:2] > "%d.%02d" % tuple(map(int, "$(PINNED_PYTHON)".split("."))))'; \
	then echo --constraint $(PINS) --build-constraint $(PINS); \
	else echo "note: the pinned versions were tried up to Python $(PINNED_PYTHON); installing the newest ones" >&2; \
	fi > $@.new
	$(PIP) install --upgrade pip $$(grep -o -- '^--constraint [^ ]*' $@.new)
	@mv $@.new $@

.venv/.demo-installed: pyproject.toml .venv/.pins
	$(PIP) install $$(cat .venv/.pins) --editable '.[image,demo]'
	@touch $@

.venv/.dev-installed: pyproject.toml .venv/.pins
	$(PIP) install $$(cat .venv/.pins) --group dev --editable '.[image,demo,watch]'
	@touch $@ .venv/.demo-installed

demo: .venv/.demo-installed
	@BIN=$(BIN) sh docs/demo.sh

test: lint types
	$(BIN)/pytest -q $(PYTEST_ARGS)

# Count the networks of the zoo again, for the list that `archspec zoo` prints.
zoo-list: .venv/.dev-installed
	ARCHSPEC_UPDATE_ZOO=1 $(BIN)/pytest -q -n 0 tests/zoo/test_zoo_list.py

# What takes too long for CI.
proofs: .venv/.dev-installed
	$(BIN)/pytest -q -m proof $(PYTEST_ARGS)

# Change one thing at a time in what checks and fixes, and list the changes that no test notices. All take hours; MUTANTS='archspec.fixing.*'
# tries those of such names, MUTANTS_SAMPLE=60 so many of each folder, which SEED chooses.
mutants: .venv/.dev-installed
	$(PIP) install $$(cat .venv/.pins) --group mutants
	$(BIN)/python benchmarks/mutants.py --processes $(MUTANT_PROCESSES) $(if $(MUTANTS_SAMPLE),--sample $(MUTANTS_SAMPLE) --seed $(SEED)) $(foreach name,$(MUTANTS),'$(name)')

lint: .venv/.dev-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.dev-installed
	$(BIN)/mypy

format: .venv/.dev-installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Pin what is newest today.
pins:
	rm -rf .venv-pins
	$(PYTHON) -m venv .venv-pins
	.venv-pins/bin/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	.venv-pins/bin/python -m pip install --quiet --disable-pip-version-check --group dev --group mutants --editable '.[image,demo,watch]'
	(sed -n '/^#/p' $(PINS); .venv-pins/bin/python -m pip freeze --all --exclude-editable | sort -f) > $(PINS).new
	mv $(PINS).new $(PINS)
	rm -rf .venv-pins

clean:
	rm -rf .venv .venv-* build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis mutants
