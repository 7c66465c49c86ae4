# A fresh machine needs Python 3.11 or newer and make. Everything else is downloaded into .venv and checked by hash.
PYTHON ?= python3
BIN := .venv/bin
# Only `make rivals` needs it. Flechtwerk ends with an error on Python 3.12.1.
RIVALS_PYTHON ?= python3.13
# uv only writes the lock files. No other target needs it.
UV_VERSION := 0.13.9
# Only `make alerts` needs it. Without one in the PATH it is taken out of Debian's package of Prometheus.
PROMTOOL ?= $(or $(shell command -v promtool),$(CURDIR)/.promtool/usr/bin/promtool)
# Only `make audit` needs it, and the network.
PIP_AUDIT_VERSION := 2.10.1
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help demo test browser-test screenshots mutations prove check pages format bench rivals lock audit alerts

help: ## print this list
	@awk -F ':.*## ' '/^[a-z.]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/run.stamp ## route two weeks of generated events on a real Kafka on this machine
	@$(BIN)/lead-router demo

test: .venv ## run every test, three at a time; starts a Kafka for each process, unless KAFKA_BOOTSTRAP names one
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder --ignore tests/browser

browser-test: .venv ## try the console in a real Chromium (on Debian: apt-get install chromium)
	$(BIN)/pytest tests/browser

screenshots: .venv ## take the screenshots of README and docs again, with the same Chromium
	$(BIN)/pytest tests/browser/test_screenshots.py --write-screenshots

mutations: .venv ## undo the fix of each known defect, on a real Kafka, and check that its test fails (minutes)
	$(BIN)/pytest tests/mutations/all.py

prove: .venv ## fuzz the hops, disturb a real Kafka and its workers, and write docs/reliability.md (SHORT=1: minutes)
	$(BIN)/python -m tests.prove $(if $(SHORT),--short,--write)

check: .venv ## check lint, format, types, imports between layers, and the generated contract and pages
	@$(MAKE) --no-print-directory --jobs=2 check.types check.rest

.PHONY: check.types check.rest
check.types:
	$(BIN)/mypy

check.rest:
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(BIN)/python -m schemas.freshness --check
	$(BIN)/python -m schemas.reference --check
	$(BIN)/python -m workers.policy.pages.reference --check
	$(BIN)/python -m workers.monitoring.generated_files --check
	$(BIN)/python -m tests.unit.house.architecture --check
	$(BIN)/python -m tests.unit.house.policy_on_pages --check

pages: .venv ## write everything that is generated: JSON Schemas, references, the architecture, values of the policy
	$(BIN)/python -m schemas.freshness --write
	$(BIN)/python -m schemas.reference --write
	$(BIN)/python -m workers.policy.pages.reference --write
	$(BIN)/python -m workers.monitoring.generated_files --write
	$(BIN)/python -m tests.unit.house.architecture --write
	$(BIN)/python -m tests.unit.house.policy_on_pages --write

format: .venv ## fix the lint and format findings of `check` that can be fixed automatically
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

bench: .venv ## compare the engine with stock Faust on the same job, as ratios
	$(BIN)/python -m bench

rivals: .rivals/stamp ## install the frameworks that `python -m bench.rivals` compares the engine with, into .rivals

audit: .audit-tool/bin/pip-audit ## compare the locked packages with published advisories; needs the network, and fails without it
	.audit-tool/bin/pip-audit --strict --disable-pip --require-hashes $(addprefix -r requirements/,run.txt build.txt apprise.txt msk-iam.txt weights.txt dev.txt)

alerts: $(PROMTOOL) ## check the alert rules for Prometheus with promtool, and run their tests
	$(PROMTOOL) check rules monitoring/alerts.yaml
	cd monitoring && $(PROMTOOL) test rules alerts.test.yaml

lock: .lock-tool/bin/uv ## write requirements/*.txt from pyproject.toml (UPGRADE=--upgrade takes newer versions)
	@set -e; export UV_CUSTOM_COMPILE_COMMAND='make lock'; \
	compile() { out=$$1; python=$$2; shift 2; .lock-tool/bin/uv pip compile --quiet --universal --python-version $$python \
	  --generate-hashes --no-emit-index-url --no-header $(UPGRADE) "$$@" -o requirements/$$out.txt; }; \
	compile run 3.11 pyproject.toml; \
	compile build 3.11 --group build; \
	compile apprise 3.11 pyproject.toml --extra apprise -c requirements/run.txt; \
	compile msk-iam 3.11 pyproject.toml --extra msk-iam -c requirements/run.txt; \
	compile weights 3.11 pyproject.toml --extra weights -c requirements/run.txt; \
	compile rivals 3.12 requirements/rivals.in; \
	compile dev 3.11 pyproject.toml --extra apprise --extra msk-iam --extra weights --group dev \
	  $(addprefix -c requirements/,run.txt build.txt apprise.txt msk-iam.txt weights.txt)

.lock-tool/bin/uv:
	@$(PYTHON) -m venv .lock-tool
	@.lock-tool/bin/python -m pip --disable-pip-version-check --quiet install uv==$(UV_VERSION)

$(CURDIR)/.promtool/usr/bin/promtool:
	@command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || { \
	  echo "promtool is missing. Install Prometheus, or name it: make PROMTOOL=/path/to/promtool alerts"; exit 1; }
	@mkdir -p .promtool && cd .promtool && apt-get -qq download prometheus && dpkg-deb -x prometheus_*.deb . && rm prometheus_*.deb

.audit-tool/bin/pip-audit:
	@$(PYTHON) -m venv .audit-tool
	@.audit-tool/bin/python -m pip --disable-pip-version-check --quiet install pip-audit==$(PIP_AUDIT_VERSION)

.rivals/stamp: requirements/rivals.txt
	@$(RIVALS_PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 13))' || { \
	  echo "The rivals need Python 3.13 or newer. Name one: make RIVALS_PYTHON=python3.14 rivals"; exit 1; }
	@$(RIVALS_PYTHON) -m venv .rivals
	@.rivals/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r requirements/rivals.txt
	@touch $@

.PHONY: .venv
.venv: .venv/dev.stamp

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "lead-router needs Python 3.11 or newer; found for '$(PYTHON)': $$($(PYTHON) --version 2>&1 || true)"; \
	  echo "Name another Python, for example: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

# The packages that the workers need. The project itself is installed in place with the locked build backend.
.venv/run.stamp: .venv/bin/python requirements/run.txt requirements/build.txt pyproject.toml
	@echo "installing the packages of the workers into .venv ..."
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --require-hashes -r requirements/build.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: .venv/run.stamp requirements/dev.txt
	@echo "installing the packages of tests and checks into .venv ..."
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@
