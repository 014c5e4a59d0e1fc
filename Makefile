# A machine needs Python 3.11 to 3.14 with venv, and make. Everything runs in .venv at the versions
# of uv.lock; only the package registry is contacted, and only when the lock has changed.

PYTHON ?= python3
UV_VERSION := 0.13.9

# Paths are relative, so that a checkout may lie in a folder with spaces.
BIN := .venv/bin
BOOTSTRAPPED := .venv/.stamp-uv-$(UV_VERSION)
SYNCED := .venv/.stamp-sync
SYNCED_DEV := .venv/.stamp-sync-dev
SYNCED_ENGINES := .venv/.stamp-sync-engines
WAREHOUSE := warehouse/trade_potential.duckdb
# Kernels of OpenBLAS for the processor in hand; Prescott's run on every x86-64: make test-kernels KERNELS="Haswell Zen"
KERNELS ?= Prescott
# Tests that do linear algebra: all that could depend on the last digits of a kernel.
NUMERIC := $(filter-out %_input.py, $(wildcard tests/unit/test_gravity*.py tests/unit/test_ppml*.py tests/unit/test_index*.py tests/unit/test_structural*.py tests/unit/test_lasting*.py)) \
	tests/unit/test_audit.py tests/unit/test_audit_ppml.py tests/unit/test_audit_structural.py tests/unit/test_audit_lasting.py tests/unit/test_panel.py tests/unit/test_panel_requests.py tests/unit/test_far_from_zero.py tests/unit/test_exact_fit.py tests/reference
# Arguments of the torture: make torture TORTURE="--kills 5 --lanes 2"
TORTURE ?=
# Names of mistakes and arguments: make corruptions CORRUPTIONS="'GDP per head' --by-turns"; --help tells them
CORRUPTIONS ?=
# Of tests what every change waits for
CHEAP := not slow and not rare
# A file's tests stay in one process, which makes what they share; files begin in order, builds first.
PYTEST ?= --numprocesses auto --dist loadfile --no-loadscope-reorder
# Studies whose samples `make check` makes: none is all
STUDIES ?=
# Arguments of the faults: make mutants MUTANTS="--only index/ --lanes 1"
MUTANTS ?=
# Arguments of the benchmark: make bench BENCH="--sizes 1e5"
BENCH ?=
PAGES := docs/questions.md docs/methodology.md docs/multiverse.md docs/calibration.md docs/replication.md docs/index-validity.md
# dbt leaves compiled Python in target/; outside a git checkout ruff does not read .gitignore.
RUFF_SCOPE := --extend-exclude target .

export DO_NOT_TRACK := 1
export UV_PROJECT_ENVIRONMENT := .venv
export UV_PYTHON := $(BIN)/python
export UV_PYTHON_DOWNLOADS := never
# The systems are small: threads of BLAS would wait for each other longer than they compute.
export OPENBLAS_NUM_THREADS ?= 1
# Trust what the machine trusts, so that a registry behind a company proxy works as it does for pip.
export UV_SYSTEM_CERTS ?= 1
# Where Python may keep no bytecode, as in many containers, every dbt would compile some thousand modules anew.
unexport VIRTUAL_ENV PYTHONDONTWRITEBYTECODE

# --inexact keeps uv itself and, after `make test`, the development tools. The first build need not compile what it imports.
UV_SYNC := $(BIN)/uv sync --frozen --inexact --no-python-downloads --compile-bytecode --quiet

# OpenBLAS says nothing of a kernel that it does not know or the processor cannot run, and takes its own.
# Where its build lacks one it may run a sibling: Haswell's for Zen, and Prescott's are called Katmai.
define FIND_KERNEL
import numpy, scipy.linalg
from threadpoolctl import threadpool_info
print(*sorted({lib["architecture"] for lib in threadpool_info() if lib["internal_api"] == "openblas"}))
endef
export FIND_KERNEL

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:

.PHONY: help
help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

.PHONY: build
build: $(SYNCED) ## Make .venv from uv.lock, check rows, then dbt build, quietly; VERBOSE=1 shows dbt's own log
	@$(BIN)/python -m dbt_trade_potential.quiet

# Seconds, where rules have changed half a minute more; writes nothing but build/rehearsal.
.PHONY: check
check: $(SYNCED) ## Check rows of studies and inputs without a build: what is refused, a line each (STUDIES="mine")
	@$(BIN)/python -m trade_potential.rehearsal $(STUDIES)

.PHONY: test test-ci test-all
test: $(SYNCED_DEV) ## Test the library, the reference values, a whole build and planted defects
	$(BIN)/python -m pytest $(PYTEST) -m "$(CHEAP)"

test-ci: $(SYNCED_DEV) ## Test all but what is marked rare: what CI runs, half an hour; says what each test costs
	$(BIN)/python -m pytest $(PYTEST) -m "not rare" --costs

test-all: $(SYNCED_DEV) ## Test all, what is marked slow or rare too: before a release, an hour
	$(BIN)/python -m pytest $(PYTEST) --costs

# OpenBLAS takes the kernels of the processor it finds unless it is told others.
.PHONY: test-kernels
test-kernels: $(SYNCED_DEV) ## Test the numbers again with other kernels of OpenBLAS (KERNELS)
	@case "$$(uname -m)" in x86_64|amd64) ;; \
		*) echo "test-kernels: $(KERNELS) are kernels of x86-64, and this is $$(uname -m): nothing was tested" >&2; exit 0;; \
	esac; \
	own=$$(env -u OPENBLAS_CORETYPE $(BIN)/python -c "$$FIND_KERNEL"); \
	for kernel in $(KERNELS); do \
		export OPENBLAS_CORETYPE=$$kernel; \
		found=$$($(BIN)/python -c "$$FIND_KERNEL"); \
		echo "kernel $$kernel: $$found, where the machine's own is $$own"; \
		if [ "$$found" = "$$own" ] && [ "$$found" != "$$kernel" ]; then \
			echo "test-kernels: this processor or OpenBLAS has no kernel $$kernel" >&2; exit 1; \
		fi; \
		$(BIN)/python -m pytest -q $(PYTEST) -m "$(CHEAP)" $(NUMERIC) || exit 1; \
	done

# Each in an environment of its own in build/pythons; a Python that is nowhere is taken from Debian's packages.
PYTHONS ?= 3.11 3.14
.PHONY: test-python
test-python: $(SYNCED_DEV) ## Test the library and build on other Pythons: PYTHONS="3.11 3.14", the oldest and the newest
	$(BIN)/python -m tests.pythons $(PYTHONS)

# The other engines: Debian's packages where they are missing and make runs as root, else their name.
# The small world of the tests, or WORLD=whole.
WORLD ?= small
.PHONY: engines test-postgres test-spark
engines: $(SYNCED_ENGINES)
	$(BIN)/python -m tests.engines.install postgres
	$(BIN)/python -m tests.engines.install java

test-postgres: $(SYNCED_ENGINES) ## Build on a private PostgreSQL server and compare every mart with DuckDB's
	$(BIN)/python -m tests.engines.install postgres
	$(BIN)/python -m pytest tests/engines --world $(WORLD) --ignore-glob 'tests/engines/test_spark*'

test-spark: $(SYNCED_ENGINES) ## Build in a local Spark session and compare every mart with DuckDB's
	$(BIN)/python -m tests.engines.install java
	$(BIN)/python -m pytest tests/engines --world $(WORLD) --ignore-glob 'tests/engines/test_postgres*'

.PHONY: test-browser
test-browser: $(SYNCED_DEV) ## Look at the site of the current release in headless Chromium, every page: after make build
	$(BIN)/python -m tests.engines.install chromium
	$(BIN)/python -m pytest $(PYTEST) tests/browser

# What is not installed is left out, and keeps what the page has of it.
.PHONY: readers
readers: $(SYNCED_ENGINES) ## Let BI tools, drivers, spreadsheets and notebooks read a release: docs/bi.md, by hand
	$(BIN)/python -m tests.engines.install postgres
	$(BIN)/python -m tests.readers

.PHONY: site
site: $(SYNCED) ## Write the pages of the current release into build/site, to be served or sent
	@$(BIN)/trade-potential site

.PHONY: torture
torture: $(SYNCED_DEV) ## Kill 50 builds, read all the while, fill disks: about an hour, outside the project
	$(BIN)/python -m tests.torture $(TORTURE)

.PHONY: bench
bench: $(SYNCED_DEV) ## Time and memory beside other programs, and of the build: half an hour, 20 GB of disk
	$(BIN)/python -m benchmarks $(BENCH)

# uv answers 2 where it cannot ask. That is told, and no failure: most machines here see a registry only.
.PHONY: audit
audit: $(BOOTSTRAPPED) ## Look the locked packages up in a database of vulnerabilities (api.osv.dev)
	@said=$$($(BIN)/uv audit --frozen --preview-features audit-command 2>&1); code=$$?; \
	case "$$code:$$said" in \
		2:*"Request failed"*) \
			echo "api.osv.dev cannot be reached: NOTHING was looked up; run make audit where it can" >&2;; \
		*) printf '%s\n' "$$said"; exit $$code;; \
	esac

.PHONY: corpus
corpus: $(SYNCED_DEV) ## Feed every mutation of every input to the build and the command line: half an hour
	$(BIN)/python -m tests.corpus

.PHONY: mutants
mutants: $(SYNCED_DEV) ## Plant faults in code, a build for each: none may be published: an hour (MUTANTS="--only index")
	$(BIN)/python -m tests.mutants $(MUTANTS)

.PHONY: checks
checks: $(SYNCED) ## Write checks.lock: the checks without which nothing is published
	$(BIN)/dbt run-operation lock_checks

.PHONY: corruptions
corruptions: $(SYNCED_DEV) ## Make mistakes in figures, and count what the gate notices: an hour
	$(BIN)/python -m tests.corruptions $(CORRUPTIONS)

.PHONY: replication
replication: build $(SYNCED_DEV) ## Build, then print how much of the reference study is rebuilt and refresh its pages
	$(BIN)/python docs/run_queries.py docs/replication.md
	$(BIN)/python research/replication
	$(BIN)/python docs/replication.py

# Only from the inputs in the repository: no build is needed.
.PHONY: simulate
simulate: $(SYNCED_DEV) ## Ask every K about worlds whose truth is known: ten minutes, docs/reading-k.md
	$(BIN)/python -m research.simulated_worlds

# Of studies of one reporter the chain runs once a year on a copy of the warehouse; what is unchanged is kept.
.PHONY: track-record
track-record: build $(SYNCED_DEV) ## Build, then freeze K at every cut-off and score it, where something has changed: five minutes of a core for the world
	$(BIN)/python -m research.track_record

# Counts of studies whose figures, choices, code and SQL are unchanged are kept.
.PHONY: multiverse
multiverse: build $(SYNCED_DEV) ## Build, then run every admissible specification of what has changed: five minutes of a core for all
	$(BIN)/python -m research.multiverse

# Only from the inputs in the repository. Results carry a digest of the code that they are of.
.PHONY: calibration
calibration: $(SYNCED_DEV) ## Ask whether probabilities are frequencies: three minutes of a core, docs/calibration.md
	$(BIN)/python -m research.calibration

.PHONY: lint lint-python lint-types lint-sql lint-yaml lint-metadata lint-docs
lint: lint-python lint-types lint-sql lint-yaml lint-metadata lint-docs ## Check style, types and the results printed in docs/

lint-python: $(SYNCED_DEV)
	$(BIN)/ruff check $(RUFF_SCOPE)
	$(BIN)/ruff format --check $(RUFF_SCOPE)

lint-types: $(SYNCED_DEV)
	$(BIN)/mypy

lint-sql: $(SYNCED_DEV)
	$(BIN)/sqlfluff lint models tests/data

lint-yaml: $(SYNCED_DEV)
	$(BIN)/yamllint --strict .

# What others ask of dbt's metadata: dbt-score's rules, dbt-bouncer's strict preset but for what dbt-bouncer.yml names.
lint-metadata: $(SYNCED_DEV)
	$(BIN)/dbt --quiet parse --no-partial-parse --target-path build/metadata
	@$(BIN)/dbt-score lint --manifest build/metadata/manifest.json --fail-project-under 9.5 --show all \
		> build/metadata/score.txt || { cat build/metadata/score.txt; exit 1; }
	@$(BIN)/dbt-bouncer run --config-file dbt-bouncer.yml > build/metadata/bouncer.txt 2>&1 || { cat build/metadata/bouncer.txt; exit 1; }
	@tail -qn 1 build/metadata/score.txt build/metadata/bouncer.txt

lint-docs: $(SYNCED_DEV) $(if $(filter build docs,$(MAKECMDGOALS)),build,$(WAREHOUSE))
	$(BIN)/python docs/run_queries.py --check $(PAGES)
	$(BIN)/python docs/answers.py --check
	$(BIN)/python docs/how_sure.py --check
	$(BIN)/python docs/validation.py --check
	$(BIN)/python docs/api.py --check
	$(BIN)/python research/replication --check
	$(BIN)/python -m research.simulated_worlds --check
	$(BIN)/python -m research.calibration --check
	$(BIN)/python -m research.partial_index --check
	$(BIN)/python -m research.track_record --check
	$(BIN)/python -m benchmarks --check

# Only where there is none: the results in docs/ are compared with a warehouse, however old.
$(WAREHOUSE): | $(SYNCED)
	$(BIN)/dbt build

.PHONY: format
format: $(SYNCED_DEV) ## Rewrite Python and SQL in house style
	$(BIN)/ruff check --fix $(RUFF_SCOPE)
	$(BIN)/ruff format $(RUFF_SCOPE)
	$(BIN)/sqlfluff fix models tests/data

.PHONY: docs
docs: build $(SYNCED_DEV) ## Build, then refresh the results and pictures in docs/
	$(BIN)/python docs/run_queries.py $(PAGES)
	$(BIN)/python docs/answers.py
	$(BIN)/python docs/how_sure.py
	$(BIN)/python docs/validation.py
	$(BIN)/python docs/api.py
	$(BIN)/python research/replication
	$(BIN)/python -m research.partial_index
	$(BIN)/python docs/replication.py
	$(BIN)/python docs/figures.py
	$(BIN)/python -m tests.tutorial

.PHONY: clean
clean: ## Remove what a build or a test leaves behind, except published releases
	rm -rf target logs build dist warehouse/* .pytest_cache .mypy_cache .ruff_cache .hypothesis .user.yml
	find src tests python_models docs research benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: distclean
distclean: clean ## Remove .venv and published releases as well
	@if [ -d release ]; then chmod -R u+w release; fi    # releases are read-only
	rm -rf .venv release

# The environment. The stamps lie in .venv and go with it.

$(BIN)/python:
	@command -v "$(PYTHON)" > /dev/null || { \
		echo "error: $(PYTHON) not found; install Python 3.11 or newer, or name one: make build PYTHON=python3.13" >&2; \
		exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' || { \
		echo "error: $$("$(PYTHON)" --version 2>&1) found, 3.11 to 3.14 needed; name another: make build PYTHON=python3.13" >&2; \
		exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2> /dev/null || { \
		echo "error: $(PYTHON) has no venv; install it (Debian and Ubuntu: apt install python3-venv)" >&2; \
		exit 1; }
	"$(PYTHON)" -m venv --clear .venv

# An environment that uv has made holds no pip.
$(BOOTSTRAPPED): $(BIN)/python
	@$(BIN)/python -m pip --version > /dev/null 2>&1 || $(BIN)/python -m ensurepip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

$(SYNCED): $(BOOTSTRAPPED) uv.lock pyproject.toml
	$(UV_SYNC)
	@touch $@

$(SYNCED_DEV): $(SYNCED)
	$(UV_SYNC) --group dev
	@touch $@

$(SYNCED_ENGINES): $(SYNCED_DEV)
	$(UV_SYNC) --group dev --group postgres --group spark
	@touch $@
