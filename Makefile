# The README's commands. Each makes .venv first where it is not there.
PYTHON := .venv/bin/python
export TOKENIZERS_PARALLELISM ?= true

# Much of the tests' time is one process or another starting Java or torch on one core; each worker, with the process that it forks others from, may want 5 GB.
WORKERS ?= 2
# A worker that dies is not replaced: xdist 3.8 then waits for ever; the other one does what is left, and the run fails at its end.
SIDE_BY_SIDE := --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder --max-worker-restart 0

REPRODUCED ?= reproduced

.PHONY: reproduce demo test quick lint wheel benchmarks venv

demo: venv  ## the whole way on the embedded collection, one table at the end
	$(PYTHON) -m pyserini_xqg demo --output demo

reproduce: export PYSERINI_XQG_DATA ?= ../shared/data
reproduce: venv  ## the matrices that run on two cores: every score checked, a report each; data from PYSERINI_XQG_DATA, else ../shared/data
	$(PYTHON) -m pyserini_xqg reproduce all --output $(REPRODUCED) --report $(REPRODUCED)/report.html

# Two processes on two cores: a thread that spins while it waits takes the other one's core.
test quick: export OMP_WAIT_POLICY ?= PASSIVE
# Ray's workers would give way to whatever the other process runs, and start in minutes instead of seconds.
test quick: export RAY_worker_niceness ?= 0
# Some containers forbid it; hundreds of commands would compile this package anew, and each worker all tests.
test quick: export PYTHONDONTWRITEBYTECODE =

test: venv  ## all tests
	$(PYTHON) -m pytest $(SIDE_BY_SIDE)

quick: venv  ## the tests without the longest ones
	$(PYTHON) -m pytest $(SIDE_BY_SIDE) -m "not slow"

lint: venv  ## format, lint, types and the floors of the house
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports

wheel: export XQG_REQUIRE_BRIDGE = 1
wheel: export SOURCE_DATE_EPOCH ?= 315532800
wheel: venv  ## a wheel in dist/ with the compiled Java bridge, so that its users need no compiler; the same bytes each time
	@rm -rf build  # setuptools would carry over files that are gone from the package
	$(PYTHON) -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist .

benchmarks: venv  ## measures everything in benchmarks/ and writes benchmarks/RESULTS.md (about half an hour, on a quiet machine)
	$(PYTHON) benchmarks/run_all.py

venv:
	@tools/make_venv.sh
