# Two commands: `make ask Q="who denied the deal?"` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
export Q ?= who denied the deal?

.PHONY: ask test clean

ask: $(VENV)/installed
	@$(BIN)/askcorpus --index index index seeds
	@$(BIN)/askcorpus --index index query -- "$$Q"

test: $(VENV)/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest

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
