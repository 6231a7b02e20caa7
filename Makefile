# Everything runs from .venv, built from requirements.lock: nothing outside this folder is
# changed, and a second `make chat` finds its work done and starts at once.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install chat test check lock clean

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
DEPENDENCIES := $(VENV)/dependencies.stamp
PROJECT := $(VENV)/project.stamp

PYTHON ?=
PYTHONS := $(or $(PYTHON),python3 python3.13 python3.12 python3.11)
CORPUS ?= samples
PORT ?=
HOME_DIR ?=
CHAT_ARGS ?=
# Offered on the empty page; for your own articles there is nothing to know before they are read.
SAMPLE_QUESTIONS := --example "How many cars waited at the Georgian border, according to Tass?" \
	--example "How many Russians arrived in Georgia and in Finland?" \
	--example "Why could Russians enter Georgia so easily?"
PIP_ARGS ?=
PYTEST_ARGS ?= -n 2 --dist loadfile --no-loadscope-reorder
CUDA ?=
UPGRADE ?=

# What `dateline index` exits with when it has listed files that it could not read.
SOME_UNREAD := 3

# Library, weights and history go here instead of the user's data folder.
ifneq ($(HOME_DIR),)
export DATELINE_HOME := $(abspath $(HOME_DIR))
endif
# A container's root installs into .venv like anyone else: pip's warning does not apply.
export PIP_ROOT_USER_ACTION := ignore

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-14s%s\n", $$1, $$2}' Makefile
	@echo
	@echo "  CORPUS=FOLDER      articles for 'make chat' (default: samples)"
	@echo "  PORT=N             port of the chat page"
	@echo "  CHAT_ARGS=OPTIONS  more for 'dateline chat', such as --no-browser or --extractive"
	@echo "  HOME_DIR=FOLDER    where library, model weights and history are kept"
	@echo "  PYTHON=COMMAND     Python 3.11 to 3.13 to build .venv with (default: found by itself)"

install: $(PROJECT) ## Build .venv with everything in requirements.lock and the project

chat: install ## Fetch the models, index CORPUS, and open the chat
	$(BIN)/dateline models
	$(BIN)/dateline index "$(CORPUS)" || [ $$? -eq $(SOME_UNREAD) ]
	$(BIN)/dateline chat $(if $(PORT),--port $(PORT)) \
		$(if $(filter samples,$(CORPUS)),$(SAMPLE_QUESTIONS)) $(CHAT_ARGS)

# Two workers share the cores: one thread each, or they wait for each other.
test: install ## Fetch the models and run every test, browser tests included
	$(BIN)/dateline models
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest $(PYTEST_ARGS)

check: install ## Lint, formatting and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lock: install ## Write requirements.lock anew from pyproject.toml (UPGRADE=1: newest versions)
	$(PIP) install --dry-run --ignore-installed --no-build-isolation -qq $(PIP_ARGS) \
		--report $(VENV)/report.json '.[dev,peer]' \
		--constraint $(if $(UPGRADE),<(grep '^torch==' requirements.lock),requirements.lock)
	$(BIN)/python -c "$$LOCK_FROM_REPORT" $(VENV)/report.json > $(VENV)/requirements.lock
	mv $(VENV)/requirements.lock requirements.lock

clean: ## Remove .venv and caches; library and weights stay
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PROJECT): pyproject.toml $(DEPENDENCIES)
	$(PIP) install -qq --no-deps --no-build-isolation $(PIP_ARGS) --editable .
	@touch $@

# pip goes first: a bundled one may be too old to report what it would install.
$(DEPENDENCIES): requirements.lock
	@$(FIND_PYTHON)
	$(PIP) install -qq $(PIP_ARGS) "$$(grep '^pip==' requirements.lock)"
	@$(if $(CUDA),,$(REFUSE_CUDA))
	$(PIP) install -qq $(PIP_ARGS) --requirement requirements.lock
	@touch $@

# Keeps a working .venv; builds one with the first fitting Python otherwise.
define FIND_PYTHON
fits='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'; \
if $(BIN)/python -c "$$fits" 2>/dev/null && $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	exit 0; \
fi; \
chosen=; bare=; \
for candidate in $(PYTHONS); do \
	"$$candidate" -c "$$fits" 2>/dev/null || continue; \
	if "$$candidate" -c 'import ensurepip, venv' 2>/dev/null; then chosen=$$candidate; break; fi; \
	bare="$$bare $$candidate"; \
done; \
if [ -z "$$chosen$$bare" ]; then \
	echo "Dateline needs Python 3.11, 3.12 or 3.13; tried: $(PYTHONS)." >&2; \
	echo "Install one of them, or name it: make install PYTHON=/path/to/python3.12" >&2; \
	exit 1; \
elif [ -z "$$chosen" ]; then \
	echo "No environment with pip can be built: venv or ensurepip is missing from$$bare." >&2; \
	echo "On Debian and Ubuntu: apt-get install python3-venv. Then run make again." >&2; \
	exit 1; \
fi; \
echo "Building $(VENV) with $$chosen; the first time takes some minutes."; \
"$$chosen" -m venv --clear $(VENV)
endef

# A CUDA build of torch is gigabytes that a CPU never uses. pip says what it would take with it.
define REFUSE_CUDA
$(PIP) install --dry-run -qq $(PIP_ARGS) --report $(VENV)/report.json \
	--constraint requirements.lock torch; \
if grep -qE '"name": "(nvidia|cuda|triton)' $(VENV)/report.json; then \
	echo "pip would take a CUDA build of torch: gigabytes that Dateline does not need." >&2; \
	echo "Name the address of torch's CPU wheels (pytorch.org, Get Started, Compute platform CPU):" >&2; \
	echo "    make install PIP_ARGS='--extra-index-url ADDRESS'" >&2; \
	echo "or accept the CUDA build: make install CUDA=1" >&2; \
	exit 1; \
fi
endef

define LOCK_FROM_REPORT
import json, re, sys

# Needed only elsewhere, so not in a report made here; and what must not be built elsewhere.
OTHERS = {"audioop-lts": ("0.2.2", 'python_version >= "3.13"')}
MARKERS = {"uvloop": 'sys_platform != "win32"'}

with open(sys.argv[1], encoding="utf-8") as file:
    found = [item["metadata"] for item in json.load(file)["install"]]
pins = {re.sub("[-_.]+", "-", m["name"]).lower(): m["version"].split("+")[0] for m in found}
del pins["dateline"]
for name, (version, marker) in OTHERS.items():
    pins.setdefault(name, version)
    MARKERS[name] = marker
print("# Every package of the product, of its tests (dev) and of the comparison (peer), pinned.")
print("# Written by: make lock. torch stands first and without a build tag (+cpu): whatever CPU")
print("# build pip can reach is right, and the Makefile refuses a CUDA build.")
for name in sorted(pins, key=lambda name: (name != "torch", name)):
    marker = f" ; {MARKERS[name]}" if name in MARKERS else ""
    print(f"{name}=={pins[name]}{marker}")
endef
export LOCK_FROM_REPORT
