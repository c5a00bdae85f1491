# Two commands: `make ask Q="who denied the deal?"` and `make test`. With data: `make bench-reader DATA=DIR`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
export Q ?= who denied the deal?
DATA ?= data

# On Linux, the torch of the public index brings 2.7 GB of CUDA; the CPU build has an index of its own.
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu

.PHONY: ask test bench-reader clean cpu-torch

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
	@$(MAKE) --no-print-directory cpu-torch
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

# Where that index can't be reached, what installs askcorpus takes the build that there is.
cpu-torch:
	@if [ "$$(uname -s)" = Linux ] && [ -n "$(TORCH_INDEX)" ]; then \
	  $(BIN)/pip install --quiet --disable-pip-version-check --timeout 10 --retries 0 --no-deps \
	    --index-url "$(TORCH_INDEX)" -c constraints.txt torch >/dev/null 2>&1 || \
	  echo "No CPU build of torch at $(TORCH_INDEX); taking the default one." >&2; \
	fi

clean:
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache
