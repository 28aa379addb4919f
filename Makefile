# Two commands matter: `make dashboard` and `make test`. Both are safe to repeat and quick the second time.
PYTHON ?= python3
PORT ?= 8866
VENV := .venv
BIN := $(VENV)/bin
comma := ,
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help dashboard test test-full check bench bench-full history clean

help:
	@echo "make dashboard   serve the dashboard on http://localhost:$(PORT) (PORT= to change)"
	@echo "make test        run every check, and every test that a change must pass"
	@echo "make test-full   run the long tests too"
	@echo "make check       format, lint, types, import contracts, notebook, safety lint"
	@echo "make bench-full  the probe's figures over 200 services of each family, and 16,000 paced sends (half an hour)"
	@echo "make history     a million paced sends under every fault, as the kernel saw them (an hour; SENDS= to change)"
	@echo "make bench       print the figures that speed and the probe are judged by"

# A venv is made anew when a dependency changes, never silently left behind it.
NEEDS := pyproject.toml constraints.txt widgets/kit/page/index.html.j2 widgets/kit/page/conf.json widgets/kit/page/voila.json

# $(call install,EXTRAS,WHAT)
define install
	@echo "Installing $(2) into $(VENV) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Waitwise needs Python 3.11 or newer; '$(PYTHON)' is `$(PYTHON) -V 2>&1`. Try make PYTHON=python3.12 ..." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) \
	  || { echo "The virtual environment could not be made. On Debian: apt-get install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[$(1)]' \
	  || { echo "The packages could not be installed; the lines above say why." >&2; exit 1; }
endef

$(VENV)/.made: $(NEEDS)
	$(call install,science,Waitwise)
	@touch $@

# All at once: where Waitwise was installed first, pip would look for each of its packages again.
$(VENV)/.tested: $(NEEDS)
	$(call install,science$(comma)test,Waitwise and the test tools)
	@touch $(VENV)/.made $@

# Without a screen there is no browser to open.
BROWSER_FLAG := $(if $(DISPLAY)$(WAYLAND_DISPLAY)$(filter Darwin,$(shell uname)),,--no-browser)

dashboard: $(VENV)/.made
	@echo "Serving the dashboard on http://localhost:$(PORT) (Ctrl+C ends it)"
	@exec $(BIN)/voila dashboard.ipynb --port=$(PORT) $(BROWSER_FLAG)

check: $(VENV)/.tested
	@$(BIN)/ruff format --check --quiet . || { echo "Not formatted: run '$(BIN)/ruff format .'" >&2; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python tests/media/safety_lint.py widgets
	@$(BIN)/nbstripout --verify dashboard.ipynb || { echo "The notebook holds output: run '$(BIN)/nbstripout dashboard.ipynb'" >&2; exit 1; }

# One for those that drive a browser, one for the others: beside more of them what waits in real time is late.
PARALLEL := --numprocesses=2 --dist=loadfile --no-loadscope-reorder

test: check
	@tests/tools/ensure.sh
	@$(BIN)/python -m pytest $(PARALLEL) -m 'not long'

test-full: check
	@tests/tools/ensure.sh
	@$(BIN)/python -m pytest $(PARALLEL)

bench: $(VENV)/.tested
	@tests/tools/ensure.sh
	@$(BIN)/python -m tests.bench

bench-full: $(VENV)/.tested
	@$(BIN)/python -m tests.bench.arena --per-family 200
	@$(BIN)/python -m tests.bench.identified --per-family 14
	@$(BIN)/python -m tests.pace.many

SENDS ?= 1000000

history: $(VENV)/.tested
	@tests/tools/ensure.sh
	@$(BIN)/python -m tests.history --sends $(SENDS)

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
