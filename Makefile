# Two commands do everything on a fresh machine: `make explore` and `make test`. PYTHON=python3.12
# chooses another Python than .ci/venv does.
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help explore test browser compiled docs lint format replay clean

help:
	@echo "make explore   open the explorer: scenes, lessons, your own files"
	@echo "make test      run all tests, those in a real browser included"
	@echo "make docs      build the documentation into build/docs, and check every link of it"
	@echo "make lint      formatting, lint, types, layers, spelling, JavaScript"
	@echo "make format    mend what the linter can"
	@echo "make replay    replay recorded traces: make replay TRACES='path/*.npz'"

explore: $(VENV)/.ready
	$(BIN)/dcrviz explore

test: $(VENV)/.ready-test browser
	$(BIN)/python -m pytest --ui --numprocesses auto --dist worksteal

browser:
	sh .ci/browser

# What every test process would compile for itself in a fresh checkout.
compiled: $(VENV)/.ready
	$(BIN)/python -c "from dcrviz.views.warm import warm_up; warm_up()"

# Anew each time, as pages are made of the code; a warning is an error, and so is a link into nothing.
docs: $(VENV)/.ready-docs
	rm -rf build/docs docs/reference/api docs/reference/modules docs/tutorials/notebooks
	cp -r notebooks docs/tutorials/notebooks
	$(BIN)/python -m sphinx --quiet --nitpicky --fail-on-warning --keep-going --jobs 2 docs build/docs
	$(BIN)/python docs/_ext/check_site.py build/docs

lint: $(VENV)/.ready-lint
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell
	$(BIN)/oxlint dcrviz/views/js

format: $(VENV)/.ready-lint
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

replay: $(VENV)/.ready
	$(BIN)/python benchmarks/replay.py $(TRACES)

clean:
	rm -rf $(VENV) build dist *.egg-info docs/reference/api docs/reference/modules

$(VENV)/.ready: pyproject.toml
	sh .ci/venv "$(VENV)" $(PYTHON)
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.ready-%: $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --editable ".[$*]"
	touch $@
