# Everything lives in .venv; the machine needs Python >= 3.11 and make, nothing else.
.DEFAULT_GOAL := help
.PHONY: help venv demo test tests check bench test-long

PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(shell \
	command -v $(name) >/dev/null 2>&1 && $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $(name))))
BIN := .venv/bin
READY := .venv/ready
SPARK := .venv-spark/ready
# It needs half the time of the one that comes with Python 3.11, which does as well. What is used is compiled when it is
# used first, which takes less than to compile everything.
PIP := 26.3
# They wait more than they compute, so that three keep two cores at work.
WORKERS ?= 3
# Tests start many programs, and each would compile all of its modules again.
unexport PYTHONDONTWRITEBYTECODE

help:
	@echo "make demo       the sample company in a database that keeps its policy, and the proof"
	@echo "make test       all tests and checks that run in minutes"
	@echo "make check      format, lint, types, layers"
	@echo "make bench      what keeping the policy costs, against plain PostgreSQL"
	@echo "make test-long  the tests that take longer"
	@echo "make venv       only what is needed to work, in .venv"

venv: $(READY)

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; it is not on the path." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "This Python cannot make a virtual environment (on Debian: apt install python3-venv)." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing into .venv ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check pip==$(PIP) || true
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps -r requirements.lock -e .
	@touch $@

demo: $(READY)
	@$(BIN)/houvast demo

test: $(READY)
	@$(MAKE) --no-print-directory --jobs 2 check tests

tests: $(READY)
	@$(BIN)/python -m pytest -n $(WORKERS) -m "not long"

check: $(READY)
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/basedpyright --level error
	@$(BIN)/lint-imports --no-cache

bench: $(READY)
	@$(BIN)/python -m bench
	@$(BIN)/python -m bench.core

# Spark is no dependency of ours: it has an environment of its own, for the one test that counts visits with it.
$(SPARK): requirements-spark.lock
	@test -x .venv-spark/bin/python || $(PYTHON) -m venv .venv-spark
	@echo "Installing into .venv-spark ..."
	@.venv-spark/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements-spark.lock
	@touch $@

test-long: $(READY) $(SPARK)
	@$(BIN)/python -m pytest -m long --timeout 7200
