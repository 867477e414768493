# Every target makes its own virtual environment if there is none.
#
#   make demo     watch a Cognito login being computed and checked, and one over HTTP
#   make test     run the tests
#   make bench    measure the engines and both sides of an exchange
#   make lint     style and types
#   make mutants  break the code line by line and see that a test notices, some minutes
#   make vectors  write vectors/*.json anew from the oracle in tests/
#   make wheel    build the wheel and the source distribution into dist/
#   make clean    remove what the targets made

PYTHON ?= python3
VENV ?= .venv
PYTEST_ARGS ?= -n auto
BIN := $(VENV)/bin

.PHONY: demo test bench lint mutants vectors wheel clean

demo: $(VENV)/installed
	@$(BIN)/srp-cognito demo

test: $(VENV)/installed-dev
	$(BIN)/python -m pytest $(PYTEST_ARGS)

bench: $(VENV)/installed-dev
	$(BIN)/python -m pytest benchmarks

lint: $(VENV)/installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

mutants: $(VENV)/installed-dev
	$(BIN)/python tests/mutants.py

vectors: $(VENV)/installed-dev
	$(BIN)/python vectors/generate.py

wheel: $(VENV)/installed-dev
	rm -rf dist
	$(BIN)/python -m build

clean:
	rm -rf $(VENV) dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks .coverage

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[testing]'
	@touch $@

# Dependency groups need a pip that is newer than the one some Pythons bring.
$(VENV)/installed-dev: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --group dev
	@touch $@
