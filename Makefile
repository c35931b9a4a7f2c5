# The two commands of this project: `make loop` and `make test`. `make setup` is the installing part of both;
# `make test-slow` runs the tests behind the marks `slow` and `statistical`, as continuous integration does.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
STAMP := $(VENV)/.installed

.PHONY: setup loop test test-slow pins

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	touch $(STAMP)

loop: setup
	$(VENV)/bin/reasoner loop --cycles 5 --config configs/nano.yaml

# After a change of the dependencies: constraints.txt and docs/licences.md, from what is installed.
pins: setup
	$(VENV)/bin/python .ci/pins.py

test: setup
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/pyright
	$(VENV)/bin/lint-imports --no-logo
	$(VENV)/bin/pytest -n 3 --dist worksteal -m "not slow and not statistical"

test-slow: setup
	$(VENV)/bin/pytest -n 3 --dist worksteal -m "slow or statistical"
