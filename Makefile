# Thin on purpose: every target is a line or two, and can be run by hand.
PYTHON ?= python3
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: help run setup setup-dev test pytest vitest e2e check format fuzz \
	bench bench-embedding bench-imports bench-index bench-keeping-up bench-matching \
	bench-publishing bench-quantities bench-rematch

help:
	@echo "make run    set up what is missing, then serve (Ctrl-C stops)"
	@echo "make test   set up what is missing, then run every test"
	@echo "make check  linters, types, floors, migrations, API description, front end"
	@echo "make bench  print the benchmarks; make bench-NAME only one: imports, index, keeping-up, matching, …"
	@echo "make fuzz   search the API for wrong answers, MINUTES=10 long"

run: setup
	@exec .venv/bin/python manage.py serve --die-with-parent

setup:
	@$(PYTHON) tools/bootstrap.py

setup-dev:
	@$(PYTHON) tools/bootstrap.py --dev

test: setup-dev vitest e2e pytest

pytest:
	.venv/bin/python -m pytest -q -n 2 --dist loadgroup --no-loadscope-reorder

vitest:
	npm run --silent test --prefix frontend

e2e:
	.venv/bin/python tools/e2e.py

check: setup-dev
	ruff check .
	ruff format --check .
	pyright
	lint-imports
	deptry .
	.venv/bin/python manage.py makemigrations --check --dry-run
	.venv/bin/python manage.py export_openapi --check
	npm run --silent check --prefix frontend
	npm run --silent test --prefix frontend

format:
	ruff check --fix .
	ruff format .
	npm run --silent format --prefix frontend

bench: setup-dev
	.venv/bin/python -m tools.bench

bench-publishing: setup-dev
	.venv/bin/python -m tools.bench publishing

bench-rematch: setup-dev
	.venv/bin/python -m tools.bench rematch

bench-imports: setup-dev
	.venv/bin/python -m tools.bench imports

bench-matching: setup-dev
	.venv/bin/python -m tools.bench.matching $(SECTIONS)

bench-index: setup-dev
	.venv/bin/python -m tools.bench index

bench-keeping-up: setup-dev
	.venv/bin/python -m tools.bench keeping_up

bench-quantities: setup-dev
	.venv/bin/python -m tools.bench quantities

fuzz: setup-dev
	.venv/bin/python tools/fuzz.py --minutes $(or $(MINUTES),10)

bench-embedding: setup-dev
	.venv/bin/python -m tools.bench embedding
