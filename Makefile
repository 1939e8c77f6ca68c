# make lab    everything built and installed in .venv, JupyterLab open on the tour (PORT=, PYTHON=)
# make test   everything that CI runs (CHROMIUM=, PYTEST="-k name")
# make fuzz   damaged files, FUZZ=1000 of them
# make build, lint, types, test-js, pytest: its parts;   make format;   make clean

VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
LINK := $(VENV)/share/jupyter/labextensions/heplens
LABEXTENSION := src/heplens/labextension/package.json
WIDGETS := src/heplens/static/explore.js
TOUR := notebooks/tour.ipynb
PORT ?= 8888
PYTEST ?=

FRONT_END := $(shell find js style schema -type f) package.json package-lock.json

export PATH := $(CURDIR)/$(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
export PIP_ROOT_USER_ACTION := ignore
export PIP_QUIET := 1
export npm_config_update_notifier := false

.PHONY: lab test fuzz build lint lint-python lint-js types types-python types-js test-js pytest chromium format clean
.DELETE_ON_ERROR:

lab: $(STAMPS)/installed build
	@sh tools/lab.sh $(TOUR) $(PORT)

build: $(LABEXTENSION) $(WIDGETS)

# The tools that pyproject.toml names for an isolated build, Node among them, once in .venv.
$(STAMPS)/tools: pyproject.toml
	@test -x $(BIN)/python || { python=$$(sh tools/find-python.sh) && echo "Making $(VENV) with $$python" && "$$python" -m venv $(VENV); }
	@echo "Installing the build tools"
	@$(BIN)/python tools/requirements.py | $(BIN)/python -m pip install -r /dev/stdin
	@mkdir -p $(STAMPS) && touch $@

node_modules/.package-lock.json: package.json package-lock.json | $(STAMPS)/tools
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(LABEXTENSION): node_modules/.package-lock.json $(FRONT_END)
	npm run --silent build:lab
	@touch $@

$(WIDGETS): node_modules/.package-lock.json $(FRONT_END)
	npm run --silent build:widgets
	@touch $@

# An editable install copies the labextension; the copy is replaced by a link, so that a rebuild is seen. The link goes
# first: pip, removing the previous installation, would follow it and delete the built files.
define install
	@echo "Installing heplens$(1)"
	@rm -rf $(LINK)
	@SKIP_JUPYTER_BUILDER=1 $(BIN)/python -m pip install --no-build-isolation -e '.$(1)'
	@jupyter-builder develop --overwrite --log-level=ERROR .
	@touch $@
endef

INSTALLED_FROM := pyproject.toml install.json $(wildcard jupyter-config/*/*)

$(STAMPS)/installed: $(INSTALLED_FROM) | $(STAMPS)/tools $(LABEXTENSION) $(WIDGETS)
	$(call install)

$(STAMPS)/installed-test: $(INSTALLED_FROM) | $(STAMPS)/tools $(LABEXTENSION) $(WIDGETS)
	$(call install,[test])
	@touch $(STAMPS)/installed

chromium:
	@sh tools/find-chromium.sh --install

# Every part runs, whatever became of the others; the last line names those that failed.
test: $(STAMPS)/installed-test build chromium
	@failed=; \
	for part in lint-python lint-js types-python types-js test-js pytest; do \
		echo "== $$part"; \
		$(MAKE) --no-print-directory $$part || failed="$$failed $$part"; \
	done; \
	if [ -n "$$failed" ]; then echo "FAILED:$$failed" >&2; exit 1; fi

lint: lint-python lint-js
types: types-python types-js

lint-python: $(STAMPS)/installed-test
	ruff check .
	ruff format --check .

lint-js: node_modules/.package-lock.json
	npm run --silent lint

types-python: $(STAMPS)/installed-test
	mypy

types-js: node_modules/.package-lock.json
	npm run --silent check

test-js: node_modules/.package-lock.json
	npm run --silent test

pytest: $(STAMPS)/installed-test build
	@sh tools/pytest.sh $(PYTEST)

fuzz: $(STAMPS)/installed-test
	FUZZ=$(or $(FUZZ),1000) $(BIN)/python -m pytest -x tests/files/test_damage.py

format: $(STAMPS)/installed-test node_modules/.package-lock.json
	ruff check --fix .
	ruff format .
	npm run --silent format

clean:
	rm -rf $(LINK) $(VENV) node_modules lib dist build test-results src/heplens/labextension src/heplens/static
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis
