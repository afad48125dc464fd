# Thin on purpose: every target is a line or two, and can be run by hand.
PYTHON ?= python3
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: help run setup setup-dev test pytest vitest e2e check format fuzz \
	bench bench-publishing bench-rematch bench-imports bench-quantities

help:
	@echo "make run    set up what is missing, then serve (Ctrl-C stops)"
	@echo "make test   set up what is missing, then run every test"
	@echo "make check  linters, types, floors, migrations, API description, front end"
	@echo "make bench  print the benchmarks; make bench-publishing, bench-rematch, bench-imports, bench-quantities only those"
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

bench-quantities: setup-dev
	.venv/bin/python -m tools.bench quantities

fuzz: setup-dev
	.venv/bin/python tools/fuzz.py --minutes $(or $(MINUTES),10)
