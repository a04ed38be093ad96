# `make quickstart` runs the main job, `make test` the tests; both set up `.venv` first.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
ARGS   ?=
# `make endurance` in full; a change runs a tenth of it.
KILLS    ?= 100
PROBLEMS ?= 1000
# Others' programs that read our exports: installed and compiled apart, so not on every change.
OTHERS   ?= yes

.PHONY: quickstart test check endurance docs benchmarks clean

quickstart: $(VENV)/.installed
	@$(BIN)/hornbook run quickstart $(ARGS)

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/house_limits.py
	$(BIN)/python tools/paper_map.py --check
	$(BIN)/python tools/settings_tables.py --check

endurance: $(VENV)/.installed-dev
	$(BIN)/python tools/endurance.py --kills $(KILLS) $(ARGS)
	$(BIN)/python tools/endurance_checks.py --problems $(PROBLEMS) $(ARGS)
ifneq ($(OTHERS),)
	$(BIN)/python tools/interchange.py $(ARGS)
endif

docs: $(VENV)/.installed-dev
	$(BIN)/python tools/paper_map.py
	$(BIN)/python tools/settings_tables.py

benchmarks: $(VENV)/.installed-dev
	$(BIN)/python benchmarks/quickstart.py $(ARGS)

# Torch comes with the one line of its own: where it has a build for the processor alone, pip
# finds it by that exact version.
$(VENV)/.installed: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Hornbook needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ..."; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
