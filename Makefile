# Two commands: `make ask Q="who denied the deal?"` and `make test`. With data: `make bench-reader DATA=DIR`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
export Q ?= who denied the deal?
DATA ?= data

.PHONY: ask test bench-reader clean

ask: $(VENV)/installed
	@$(BIN)/askcorpus --index ./index index seeds
	@$(BIN)/askcorpus --index ./index query -- "$$Q"

test: $(VENV)/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest

# Everything that says how well the reader reads; DATA is a folder with the question sets.
bench-reader: $(VENV)/installed-dev
	$(BIN)/python -m eval.bench.reader --data "$(DATA)"

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "askcorpus needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache
