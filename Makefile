# A fresh machine needs Python 3.11 or newer and make; everything else is fetched into .venv, by hash.
PYTHON ?= python3
BIN := .venv/bin
# uv only writes the locks; no other target needs it.
UV_VERSION := 0.13.9
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help demo test mutations check bench lock format

help: ## this list
	@awk -F ':.*## ' '/^[a-z.]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/run.stamp ## two weeks of a company's leads, routed on a real Kafka on this machine
	@$(BIN)/lead-router demo

test: .venv ## every test, two at a time; starts a Kafka for each, unless KAFKA_BOOTSTRAP names one
	$(BIN)/pytest -n 2 --dist loadfile

mutations: .venv ## take the cure of each measured trap out, on a real Kafka, and see its test go red (minutes)
	$(BIN)/pytest tests/mutations/all_live.py

check: .venv ## lint, format, types, layering, the generated contract and its pages
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m schemas.freshness --check
	$(BIN)/python -m schemas.reference --check
	$(BIN)/python -m workers.policy.pages.reference --check

format: .venv ## write what `check` asks of layout
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

bench: .venv ## the same job beside stock Faust, as ratios
	$(BIN)/python -m bench

lock: .lock-tool/bin/uv ## requirements/*.txt anew from pyproject.toml (make lock UPGRADE=--upgrade to move)
	@set -e; export UV_CUSTOM_COMPILE_COMMAND='make lock'; \
	compile() { out=$$1; shift; .lock-tool/bin/uv pip compile --quiet --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header $(UPGRADE) "$$@" -o requirements/$$out.txt; }; \
	compile run pyproject.toml; \
	compile build --group build; \
	compile dev pyproject.toml --group dev -c requirements/run.txt -c requirements/build.txt

.lock-tool/bin/uv:
	@$(PYTHON) -m venv .lock-tool
	@.lock-tool/bin/python -m pip --disable-pip-version-check --quiet install uv==$(UV_VERSION)

.PHONY: .venv
.venv: .venv/dev.stamp

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "lead-router needs Python 3.11 or newer, but '$(PYTHON)' is: $$($(PYTHON) --version 2>&1 || true)"; \
	  echo "Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

# What running needs. The project itself is installed in place with the locked build backend.
.venv/run.stamp: .venv/bin/python requirements/run.txt requirements/build.txt pyproject.toml
	@echo "installing what running needs into .venv ..."
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --require-hashes -r requirements/build.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: .venv/run.stamp requirements/dev.txt
	@echo "installing what tests and checks need into .venv ..."
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@
