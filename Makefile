# `make` lists what there is. Every target sets up what it needs by itself.
# The newest of the supported Pythons found is taken: make demo PYTHON=python3.12
PYTHON ?= $(firstword $(foreach p,python3.13 python3.12 python3.11 python3,$(if $(shell $(p) -c 'import sys; print("y" * (sys.version_info >= (3, 11)))' 2>/dev/null),$(p))))
VENV ?= .venv
BIN := $(VENV)/bin
CORES ?= $(shell nproc 2>/dev/null || echo 2)
CONFIG ?= config/config.yaml

# One BLAS thread: more of them cost 1.5 to 6 times the CPU and give nothing here.
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1
export MKL_NUM_THREADS := 1

.PHONY: help setup demo run test lint format lock clean
.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

$(VENV)/ready: requirements.lock
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or later was found. Name one: make PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -c 'import sys; sys.exit(f"Python 3.11 or later is needed, $(PYTHON) is {sys.version.split()[0]}" if sys.version_info < (3, 11) else 0)'
	rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	touch $@

setup: $(VENV)/ready ## make the virtual environment from the hashed lock file

demo: $(VENV)/ready ## run the simulated WS-MSC cohort to its reports
	$(BIN)/snakemake --cores $(CORES) --configfile config/demo/config.yaml

run: $(VENV)/ready ## run your cohort (CONFIG=config/config.yaml)
	$(BIN)/snakemake --cores $(CORES) --configfile $(CONFIG)

lint: $(VENV)/ready ## ruff, mypy, snakefmt and snakemake --lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/mypy
	$(BIN)/snakemake --lint --configfile config/demo/config.yaml

test: lint ## run every test
	$(BIN)/python -m pytest

format: $(VENV)/ready ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/snakefmt Snakefile workflow

lock: $(VENV)/ready ## pin requirements.in anew (needs uv on the PATH)
	uv pip compile --universal --fork-strategy fewest --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --upgrade -o requirements.lock requirements.in
	$(BIN)/python workflow/scripts/lock_to_conda.py requirements.in requirements.lock envs/diffpath.yaml

clean: ## remove the environment and the demo's results
	rm -rf $(VENV) demo .mypy_cache .ruff_cache .pytest_cache
