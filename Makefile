# `make` lists what there is. Every target sets up what it needs by itself.
# Where `make bundle` brought wheels along, they are for one Python, and nothing is fetched.
WHEELS_FOR := $(shell cat wheels/python 2>/dev/null)
ifneq ($(WHEELS_FOR),)
PYTHON ?= python$(WHEELS_FOR)
export PIP_NO_INDEX := 1
export PIP_FIND_LINKS := wheels
endif
LOCK := $(if $(WHEELS_FOR),wheels/)requirements.lock
# The newest of the supported Pythons found is taken: make demo PYTHON=python3.12
PYTHON ?= $(firstword $(foreach p,python3.13 python3.12 python3.11 python3,$(if $(shell $(p) -c 'import sys; print("y" * (sys.version_info >= (3, 11)))' 2>/dev/null),$(p))))
VENV ?= .venv
BIN := $(VENV)/bin
# The profile makes again what an interrupted run left half made.
RUN := $(BIN)/snakemake --workflow-profile profiles/workstation
# Not nproc: with OMP_NUM_THREADS=1 in the environment it says 1.
CORES ?= all
CONFIG ?= config/config.yaml
BUNDLE ?= diffpath-bundle.tar

# One BLAS thread: more of them cost 1.5 to 6 times the CPU and give nothing here.
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1
export MKL_NUM_THREADS := 1

.PHONY: help setup demo run test lint format lock bundle clean
.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

$(VENV)/ready: $(LOCK)
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or later was found. Load its module, or name one: make PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -c 'import sys; sys.exit(f"Python 3.11 or later is needed, $(PYTHON) is {sys.version.split()[0]}" if sys.version_info < (3, 11) else 0)'
	@test -z "$(WHEELS_FOR)" || $(PYTHON) -c 'import sys; v = "%d.%d" % sys.version_info[:2]; sys.exit(f"The wheels of this bundle are for Python $(WHEELS_FOR), $(PYTHON) is {v}. Name that one: make PYTHON=/path/to/python$(WHEELS_FOR)" if v != "$(WHEELS_FOR)" else 0)'
	rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r $(LOCK)
	touch $@

setup: $(VENV)/ready ## make the virtual environment from the hashed lock file

demo: $(VENV)/ready ## run the simulated WS-MSC cohort to its reports
	$(RUN) --cores $(CORES) --configfile config/demo/config.yaml

run: $(VENV)/ready ## run your cohort (CONFIG=config/config.yaml)
	$(RUN) --cores $(CORES) --configfile "$(CONFIG)"

lint: $(VENV)/ready ## ruff, mypy, snakefmt and snakemake --lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/mypy
	$(BIN)/snakemake --lint --configfile config/demo/config.yaml

test: lint ## run every test
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

format: $(VENV)/ready ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/snakefmt Snakefile workflow

lock: $(VENV)/ready ## pin requirements.in anew (needs uv on the PATH)
	uv pip compile --universal --fork-strategy fewest --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --upgrade -o requirements.lock requirements.in
	$(BIN)/python workflow/scripts/lock_to_conda.py requirements.in requirements.lock envs/diffpath.yaml

bundle: $(VENV)/ready ## pack all a machine without internet needs into one file (CONFIG=..., BUNDLE=...)
	$(BIN)/python workflow/scripts/make_bundle.py "$(CONFIG)" "$(BUNDLE)"

clean: ## remove the environment and the demo's results
	rm -rf $(VENV) demo .mypy_cache .ruff_cache .pytest_cache
