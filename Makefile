# Everything is made from nothing but a Python: `make demo`, `make test`, `make check`.
# A part that needs a target of its own writes a rule below and adds its name to .PHONY.

PYTHON ?= python3
UV ?= uv

VENV := .venv
BIN := $(VENV)/bin
SEED ?= 20200925
MINUTES ?= 15
INPUT := examples/returns
OUTPUT := output/summary.xlsx

CODE := $(foreach part,pipeline schemas tests benchmarks examples,$(if $(wildcard $(part)/*.py),$(part)))
DOCS_TESTS := $(wildcard tests/test_docs*.py tests/test_readme*.py)
LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header $(LOCK_OPTIONS)

.DELETE_ON_ERROR:
.PHONY: help demo test check fuzz bench lock golden picture rooms samples

help:
	@echo "make demo    set up, then consolidate $(INPUT) into $(OUTPUT)"
	@echo "make test    set up, then run every test"
	@echo "make check   set up, then lint, types, layout and documentation"
	@echo "make fuzz    set up, then run the long tests (SEED=1 MINUTES=5)"
	@echo "make bench   set up, then measure"
	@echo "make samples make $(INPUT) anew (needs LibreOffice)"
	@echo "make golden  renew what is kept but made: blank template, findings page, help in the README"
	@echo "make picture renew the picture in the README (needs LibreOffice and poppler)"
	@echo "make rooms   renew the picture of the rooms, docs/rooms.svg, from the imports"
	@echo "make lock    renew the lock files (needs uv)"

# Exit 1 says that something needs a person, which is so of the samples; 2 and 3 are failures.
demo: $(VENV)/run.stamp
	@mkdir -p $(dir $(OUTPUT))
	@$(BIN)/consolidate $(INPUT) $(OUTPUT) || test $$? -eq 1
	@echo "The summary is in $(CURDIR)/$(OUTPUT)"

test: $(VENV)/dev.stamp
	$(BIN)/pytest -q -n 2 --dist worksteal

check: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(CODE)
	$(BIN)/pytest -q tests/test_layout.py $(DOCS_TESTS)

# Random alterations and random rounds go on for MINUTES each, on every core, with seeds from SEED on.
fuzz: $(VENV)/dev.stamp
	FUZZ_SEED=$(SEED) FUZZ_MINUTES=$(MINUTES) $(BIN)/pytest -q -n auto --dist worksteal -m long -rP --hypothesis-profile=fresh

bench: $(VENV)/dev.stamp
	$(BIN)/python -m benchmarks.run

samples: $(VENV)/dev.stamp
	$(BIN)/python -m examples.make_samples

picture: demo
	soffice --headless --convert-to pdf --outdir output $(OUTPUT) >/dev/null
	pdftoppm -r 80 -png -singlefile -f 1 -l 1 output/summary.pdf docs/summary

rooms: $(VENV)/dev.stamp
	$(BIN)/python -m tests.rooms

golden: $(VENV)/dev.stamp
	$(BIN)/python -m tests.renew

# Versions stay as they are while they fit; `make lock LOCK_OPTIONS=--upgrade` takes the newest.
lock:
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: $(PYTHON) -m pip install uv"; exit 1; }
	$(LOCK) requirements/build.in -o requirements/build.lock
	$(LOCK) pyproject.toml -c requirements/build.lock -o requirements/run.lock
	$(LOCK) pyproject.toml requirements/dev.in -c requirements/run.lock -o requirements/dev.lock

# Two steps, so that the demonstration does not wait for the tools of the tests.
$(VENV)/dev.stamp: $(VENV)/run.stamp requirements/dev.lock
	@echo "Installing what the tests need ..."
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.lock
	@touch $@

$(VENV)/run.stamp: requirements/build.lock requirements/run.lock pyproject.toml | $(BIN)/python
	@echo "Installing into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/build.lock
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/run.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# A half-made environment is not left behind: Debian without python3-venv makes one that has no pip.
$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { \
		echo "Python 3.11 or newer is needed, and $(PYTHON) was not found: make PYTHON=/path/to/python3.12"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else \
		"Python 3.11 or newer is needed; $(PYTHON) is " + sys.version.split()[0] + ". Name a newer one, for example: make PYTHON=python3.12")'
	@$(PYTHON) -m venv $(VENV) || { rm -f $@; exit 1; }
