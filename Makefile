# The two commands: `make e2e` runs the end-to-end suite, `make test` runs every test.
# Both set up what they need first. `make engine` starts a Docker engine on Debian or Ubuntu.

.PHONY: matrix repro e2e test witnesses check types unit fuzz mutants engine setup bench pages docs clean

PYTEST = .venv/bin/pytest
# Workers wait most of the time, so four are a gain on two cores, too; each has a JVM and a browser.
SIDE_BY_SIDE = -n 4 --dist loadfile

# The seed's cases come first. Not here but in `make test`: the explanations of all known failures,
# and a cluster.
SEED = tests/e2e/test_seed.py
NOT_HERE = tests/e2e/test_explain.py tests/e2e/test_fleet.py
E2E = $(SEED) $(filter-out $(SEED) $(NOT_HERE),$(sort $(wildcard tests/e2e/test_*.py)))

e2e: setup
	$(PYTEST) -v $(E2E) --harness-engine auto $(SIDE_BY_SIDE) --no-loadscope-reorder

test: setup check
	bash scripts/test.sh

matrix: setup
	.venv/bin/harness run fixtures/cases/matrix.yaml

repro: setup
	.venv/bin/harness repro fixtures/cases/seed.yaml --case dev-mode --before 3.1.7 --after 3.9.6

# Clients that others wrote, each unchanged: the table is in docs/fidelity.md.
witnesses: setup
	$(PYTEST) tests/contract tests/e2e -m witness --harness-engine local $(SIDE_BY_SIDE)

unit: setup
	$(PYTEST) tests/unit

check: setup
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache
	.venv/bin/deptry harness
	.venv/bin/vulture

# The types hold on each Python that the package names.
types: setup
	for python in 3.11 3.12 3.13; do .venv/bin/mypy --python-version $$python || exit 1; done

engine:
	bash docker/engine.sh

setup:
	bash scripts/setup.sh

# The documentation as a site, in build/site; a broken link fails it.
docs: setup
	bash scripts/docs.sh

# A thousand pages from seeds, each read right or not at all.
pages: setup
	.venv/bin/python -m benchmarks.pages

# Whatever reads bytes from outside, ten minutes in all: docs/security.md.
fuzz: setup
	bash scripts/fuzz.sh 600

# Small changes in the core, each of which a unit test has to notice: docs/mutants.md.
mutants: setup
	.venv/bin/python -m benchmarks.mutants

bench: setup
	.venv/bin/python -m benchmarks.seed

clean:
	.venv/bin/harness sweep
	rm -rf build
