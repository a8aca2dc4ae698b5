# Everything starts here: `make run` serves the site, `make test` proves it. `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
.PHONY: help run test test-all lint lock docs translations chromium clean

HOST ?= 127.0.0.1
PORT ?= 8000
export HOST PORT

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard feedback/translations/*/LC_MESSAGES/*.po))

help: ## List what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | column -t -s "$$(printf '\t')" \
		|| sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1  \2/p' $(firstword $(MAKEFILE_LIST))

run: .venv/.run translations ## Install, migrate, fill the demonstration once, serve with a worker (HOST, PORT)
	@$(BIN)/flask prepare
	$(BIN)/flask worker & worker=$$!
	$(BIN)/flask serve --host "$(HOST)" --port "$(PORT)" & server=$$!
	trap 'kill "$$server" "$$worker" 2>/dev/null || true; wait "$$server" "$$worker" 2>/dev/null || true' EXIT
	trap 'exit 0' INT TERM
	wait "$$server"

test: .venv/.dev translations chromium lint ## Check everything and run the tests on SQLite, PostgreSQL and in a browser
	@$(BIN)/pytest -n 2 -m "not slow"

test-all: .venv/.dev translations chromium lint ## The same, with the long fault and load tests
	@$(BIN)/pytest -n 2

lint: .venv/.dev ## Style, types, architecture contracts, templates
	@$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet

lock: ## Write the locked requirements anew from the .in files
	@command -v uv >/dev/null || { echo "The lock is made with uv; install it first: https://docs.astral.sh/uv/" >&2; exit 1; }
	for name in requirements requirements-scale requirements-dev; do
		uv pip compile --quiet --universal --python-version 3.11 --generate-hashes "$$name.in" -o "$$name.txt"
	done

docs: .venv/.run ## Write docs/lifecycle.md from the transition table
	@$(BIN)/python -c 'from feedback.tickets.rules.diagram import lifecycle_document as text; print(text(), end="")' > docs/lifecycle.md

clean: ## Remove the environment and caches; the instance folder with its data stays
	@rm -rf .venv .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

translations: .venv/.run $(CATALOGUES)

%.mo: %.po
	@$(BIN)/pybabel --quiet compile -i $< -o $@

.venv/.run: requirements.txt | $(BIN)/python
	@echo "Installing (requirements.txt) ..."
	$(PIP) install --require-hashes -r requirements.txt
	touch $@

.venv/.dev: requirements-dev.txt | .venv/.run
	@echo "Installing (requirements-dev.txt) ..."
	$(PIP) install --require-hashes -r requirements-dev.txt
	touch $@

$(BIN)/python:
	@is_new_enough() { "$$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
	python=
	for name in $${PYTHON:-} python3.11 python3.12 python3.13 python3; do
		if command -v "$$name" >/dev/null && is_new_enough "$$name"; then python=$$name; break; fi
	done
	if [ -z "$$python" ]; then
		echo "Python 3.11 or newer is needed. On Debian 12 or newer: sudo apt-get install python3 python3-venv" >&2
		exit 1
	fi
	if ! "$$python" -m venv .venv >/dev/null 2>&1; then
		rm -rf .venv
		if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
			echo "This Python makes no virtual environments. Run: sudo apt-get install python3-venv" >&2
			exit 1
		fi
		apt-get update -qq && apt-get install -y -qq python3-venv
		"$$python" -m venv .venv
	fi

chromium:
	@for name in chromium chromium-browser google-chrome; do
		if command -v "$$name" >/dev/null; then exit 0; fi
	done
	as_root=
	if [ "$$(id -u)" != 0 ]; then as_root="sudo -n"; fi
	if ! command -v apt-get >/dev/null || ! $$as_root true 2>/dev/null; then
		echo "The browser tests need Chromium. Run: sudo apt-get install chromium" >&2
		exit 1
	fi
	$$as_root apt-get update -qq
	$$as_root apt-get install -y -qq chromium
