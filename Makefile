# What one can ask of this project. `make` alone lists it.

.DEFAULT_GOAL := help
.PHONY: help setup run test lint audit bench leaktest soak demo screens docs clean

SECONDS ?= 3600
PORT ?= 8000
RUN := .tools/bin/uv run --frozen --offline --no-progress

help:  ## list what one can ask
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

setup:  ## install what development and tests need, once; afterwards everything works offline
	@bin/setup

run:  ## install what the register needs, and open it on http://127.0.0.1:8000 with a demo instance; PORT=9000: there and on the next two
	@bin/setup run
	@.venv-run/bin/rollkeeper demo --serve --port $(PORT)

test: setup  ## run every test, browser tests included; TESTS=tests/law: only these
	@$(RUN) bin/test $(TESTS)

lint: setup  ## check style, types and the layers of the packages
	@$(RUN) bin/lint

audit: setup  ## check lock files, licences and what is installed; write the bill of materials
	@bin/setup run
	@$(RUN) bin/audit

bench: setup  ## measure, as ratios in one run; renews docs/measured.md
	@$(RUN) python -m tests.bench

leaktest: setup  ## search every byte for 10,000 people, next to what one would otherwise build
	@$(RUN) python -m tests.leak

soak: setup  ## the long proofs; SECONDS=600: how long everything that can fail fails at random (an hour)
	@ROLLKEEPER_SOAK_SECONDS=$(SECONDS) $(RUN) pytest -m soak
	@ROLLKEEPER_EXAMPLES=60 $(RUN) pytest tests/law
	@ROLLKEEPER_EXAMPLES=20 $(RUN) pytest -m "hypothesis and not soak" --ignore=tests/law
	@ROLLKEEPER_EXAMPLES=20 $(RUN) pytest tests/journeys/test_visitor_at_a_counter.py
	@ROLLKEEPER_EVERY_NIGHT=1 $(RUN) pytest tests/campaign

demo:  ## make a new demo instance without serving it
	@bin/setup run
	@.venv-run/bin/rollkeeper demo

screens: setup  ## pictures of every page in three languages, two widths, light and dark: contact sheets in build/screens
	@$(RUN) python -m tests.screens $(ONLY)

docs: setup  ## write the generated pages and build the documentation site into build/site
	@$(RUN) python -m rollkeeper.operations.docs_site
