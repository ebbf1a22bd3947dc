# `make` alone lists everything.
PYTHON ?= python3
BIN := .venv/bin
DEMO_DIR := var/demo
SERVE ?= 1
INPUT ?=
WORKERS ?= 2
ETSY_OPENAPI ?=

.DEFAULT_GOAL := help
.PHONY: help install demo serve test test-postgres test-long test-live test-browser bench lint format lock check-deploy check-etsy-contract clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

.venv/bin/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else "Python 3.11 to 3.13 is needed, this is %d.%d: the replicate library does not work on newer ones. Try: make PYTHON=python3.12" % v)'
	@$(PYTHON) -m venv .venv

.venv/.runtime: requirements.txt | .venv/bin/python
	@echo "Installing the pinned libraries ..."
	@if command -v uv >/dev/null 2>&1; then uv pip install -q --python $(BIN)/python --require-hashes -r requirements.txt; \
	 else $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.txt; fi
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.runtime
	@if command -v uv >/dev/null 2>&1; then uv pip install -q --python $(BIN)/python --require-hashes -r requirements-dev.txt; \
	 else $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt; fi
	@touch $@

install: .venv/.runtime ## Make .venv with the pinned libraries

# MALLOC_ARENA_MAX: the sandbox answers in threads, and an arena for each would cost 50 MB.
demo: .venv/.runtime ## Let the shop live 16 days and a business day, then serve the console (SERVE=0: exit; INPUT="FILE …": recordings)
	@VAR_DIR=$(DEMO_DIR) DATABASE_URL= STICKERTRENDZ_MODE=sandbox FULFILLMENT_PROVIDER=sticker_mule MAX_TRENDS_PER_CYCLE=2 LOG_LEVEL=WARNING MALLOC_ARENA_MAX=2 \
	 SANDBOX_URL=http://127.0.0.1:$$($(BIN)/python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])') \
	 $(BIN)/python manage.py demo $(if $(filter 0,$(SERVE)),--no-serve) $(if $(INPUT),--input $(INPUT))

serve: .venv/.runtime ## Serve the console of your own database on 127.0.0.1:8000
	@$(BIN)/python manage.py migrate -v 0 && $(BIN)/python manage.py runserver 127.0.0.1:8000

test: .venv/.dev ## Run the tests on SQLite
	@$(BIN)/python -m pytest -n $(WORKERS) -m "not long and not live and not browser and not bench"

test-postgres: .venv/.dev ## Those that use a database again, on a throwaway PostgreSQL
	@.ci/with-postgres $(BIN)/python -m pytest -n $(WORKERS) --database-only -m "not long and not either and not live and not browser and not bench"

test-long: .venv/.dev ## Campaigns that take minutes, on both databases
	@$(BIN)/python -m pytest -n $(WORKERS) -m "hypothesis and not long" --hypothesis-profile wider --timeout 900
	@$(BIN)/python -m pytest -n $(WORKERS) -m long --timeout 900 && .ci/with-postgres $(BIN)/python -m pytest -n $(WORKERS) -m "long or either" --timeout 900

test-live: .venv/.dev ## The integration suites against the real services, each skipped without its key
	@$(BIN)/python -m pytest -m live -rs

test-browser: .venv/.dev ## Drive the console in headless Chromium
	@$(BIN)/python -m pytest -m browser -rs

bench: .venv/.dev ## Measure what must be fast, against a naive version in the same run, on both databases
	@$(BIN)/python -m pytest -m bench --timeout 900 && .ci/with-postgres $(BIN)/python -m pytest -m bench --timeout 900

lint: .venv/.dev ## ruff, mypy, import contracts, migrations, deployment checks
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy . && $(BIN)/lint-imports
	@$(BIN)/python manage.py makemigrations --check --dry-run
	@$(MAKE) -s check-deploy

check-deploy: .venv/.runtime ## Django's deployment checks with invented live settings
	@.ci/live-settings $(BIN)/python manage.py check --deploy --fail-level WARNING

check-etsy-contract: .venv/.runtime ## Hold every request of the Etsy client against a document (ETSY_OPENAPI=FILE; needs Node.js)
	@dir=$$(mktemp -d) && trap 'rm -rf '$$dir EXIT && export VAR_DIR=$$dir DATABASE_URL= STICKERTRENDZ_MODE=sandbox LOG_LEVEL=CRITICAL && \
	 $(BIN)/python manage.py migrate -v 0 && .ci/with-prism "$(ETSY_OPENAPI)" $(BIN)/python manage.py check_etsy_contract

format: .venv/.dev ## Format the code
	@$(BIN)/ruff check --fix -q . ; $(BIN)/ruff format -q .

lock: ## Renew the hashed requirement locks (needs uv)
	uv pip compile -q --universal --python-version 3.11 --fork-strategy fewest --generate-hashes --no-annotate --upgrade -o requirements.txt requirements.in
	uv pip compile -q --universal --python-version 3.11 --fork-strategy fewest --generate-hashes --no-annotate --upgrade -o requirements-dev.txt requirements-dev.in

clean: ## Remove what the demo and the tests left
	rm -rf var/demo .pytest_cache .mypy_cache .ruff_cache .hypothesis
