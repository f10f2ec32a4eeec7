.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
T ?=

help:        ## Show this list
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 14

demo: .venv/runtime.stamp  ## Run the main job on the invented city, then serve it (ARGS="--once --out DIR")
	@$(BIN)/certstore demo $(ARGS)

serve: .venv/runtime.stamp  ## Serve on http://127.0.0.1:8000 with embedded stores in ./var
	@$(BIN)/certstore serve $(ARGS)

check: .venv/dev.stamp  ## Format, lint, types, import directions, texts in both languages
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m certstore.web.check_texts

fix: .venv/dev.stamp   ## Let ruff repair what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test: .venv/dev.stamp tests/judges/node_modules/.stamp  ## All tests, with the real servers they start themselves; T=path narrows
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder $(T)

cover: .venv/dev.stamp tests/judges/node_modules/.stamp ## The same, with coverage of branches
	$(BIN)/pytest --cov --cov-report=term-missing:skip-covered $(T)

photo: .venv/photo.stamp ## Add the face level of the photo check to .venv (the extra `photo`)
	@echo "The face level is installed; certstore bench photos shows what it adds."

join: tests/judges/node_modules/.stamp  ## Join the scanner page's modules into the one file that it loads (needs Node)
	node tests/judges/join_scanner.mjs

lock: .venv/dev.stamp  ## Renew the lock files (needs uv); they hold hashes and no addresses
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml --extra build -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml --extra build --extra dev -c requirements.lock -o requirements-dev.lock
	$(BIN)/python -c "import tomllib; print('\n'.join(tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies']['photo']))" | uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate - -o requirements-photo.lock

.venv/runtime.stamp: requirements.lock pyproject.toml
	@test -x $(BIN)/python || { echo "Setting up .venv …"; $(PYTHON) -m venv .venv; }
	@echo "Installing what the service needs (locked, about a minute the first time) …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# The models' package is a source archive: the locked setuptools builds it, nothing else is fetched.
.venv/photo.stamp: requirements-photo.lock .venv/runtime.stamp
	@echo "Installing the face level of the photo check (locked, 100 MB the first time) …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps --no-build-isolation --use-pep517 -r requirements-photo.lock
	@touch $@

.venv/dev.stamp: requirements-dev.lock .venv/photo.stamp
	@echo "Installing what the tests need (locked, about a minute the first time) …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

# Wallets nobody here wrote. Without Node their tests are skipped; under CI=true a skip is a failure.
tests/judges/node_modules/.stamp: tests/judges/package-lock.json
	@if command -v npm >/dev/null; then \
	  echo "Installing the wallets that judge ours (locked) …"; \
	  npm ci --prefix tests/judges --ignore-scripts --no-audit --no-fund --loglevel=error && touch $@; \
	else echo "npm is missing: tests with wallets are skipped"; fi

.PHONY: help demo serve check fix test cover photo join lock
