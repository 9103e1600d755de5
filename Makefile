# Two commands do everything: `make demo` and `make test`. Both set up .venv by themselves.
PYTHON ?= python3
BIN := .venv/bin
UV := UV_LINK_MODE=copy $(BIN)/uv pip
DEMO := demo/minsk-2018
EXERCISE := demo/exercise
EXERCISE_AT := 2025-03-29T01:00:00+00:00
PLAY := examples/ukraine-2025-03/play.py

.PHONY: demo test lint types tests format lock bench bench-peers clean

demo: .venv/.runtime
	@rm -rf $(DEMO) && mkdir -p demo && cp -R examples/minsk-2018 $(DEMO)
	@$(BIN)/truceline run --once $(DEMO)
	@echo
	@rm -rf $(EXERCISE)
	@$(BIN)/truceline simulate ukraine-2025-03 --out $(EXERCISE) --days 4 --tempo 0.1 --seed 7
	@$(BIN)/truceline run --once $(EXERCISE) --at $(EXERCISE_AT)
	@$(BIN)/python $(PLAY) $(EXERCISE) $(BIN)/truceline $(EXERCISE_AT)
	@echo
	@echo "EXERCISE: $(EXERCISE)/reports/mission/ tells the simulated days along the line of the plan of March 2025."
	@echo "Open $(DEMO)/reports/mission/2018-09-05.html: the Zolote episode of 5 September 2018."
	@echo "Ask why: $(BIN)/truceline explain smm:29 --mission $(DEMO)"

test: lint types tests

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/codespell src tests docs bench README.md CHANGELOG.md CONTRIBUTING.md

types: .venv/.dev
	$(BIN)/mypy

tests: .venv/.dev
	$(BIN)/pytest

format: .venv/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/.dev
	$(BIN)/python bench/geo/locate.py
	$(BIN)/python bench/run/example.py
	$(BIN)/python bench/fusion/worlds.py

# Installs the peers under .bench/, each in an environment of its own (2 GB), and runs them beside ours.
bench-peers: .venv/.dev
	$(BIN)/python bench/fusion/compare.py

# Lock files hold hashes and no addresses, so that any package index will do.
lock: .venv/.dev
	$(UV) compile pyproject.toml $(LOCK) -o requirements.lock
	$(UV) compile pyproject.toml --extra dev -c requirements.lock $(LOCK) -o requirements-dev.lock
LOCK := --quiet --universal --generate-hashes --no-annotate --no-header --no-emit-index-url

.venv/.uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Truceline needs Python 3.11 or later; $(PYTHON) is older. Say which: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@touch $@

.venv/.runtime: .venv/.uv requirements.lock pyproject.toml
	$(UV) install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	$(UV) install --quiet --python $(BIN)/python --no-deps -e .
	@touch $@

.venv/.dev: .venv/.runtime requirements-dev.lock
	$(UV) install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $@

clean:
	rm -rf .venv .bench demo build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
