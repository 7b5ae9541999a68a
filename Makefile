# `make demo` and `make test` are all that one needs; both install what is missing.
SHELL := /usr/bin/env bash
PY := .venv/bin/python
SEED ?= 1
COUNT ?= 20
BROKERS ?= 1
SECONDS ?= 3600

COUNT_OF_PAGES = $(if $(filter command line environment,$(origin COUNT)),$(COUNT),2000)

.PHONY: demo test setup check faults masking fuzz roundtrip healing rolling ends profile bench audit lock clean help

help: ## what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: ## install everything into this folder (quick the second time)
	@scripts/setup.sh

demo: setup ## the whole pipeline on this machine: sessions in, tests out, tests run and healed; KEEP=1 leaves the dashboard up
	@.venv/bin/journeywright demo --change $(if $(KEEP),--keep)

test: setup check ## all checks and all tests
	@scripts/test.sh

check: setup ## ruff, mypy, import-linter
	@scripts/check.sh

faults: setup ## the long fault run: make faults SEED=7 COUNT=100 BROKERS=3
	@AT_LENGTH=1 $(PY) -m pytest -q tests/stream/test_own_faults.py
	@$(PY) -m tests.faults --seed $(SEED) --count $(COUNT) --brokers $(BROKERS)

fuzz: setup ## mutated bodies and messages against a real machine: make fuzz SECONDS=3600 SEED=7
	@$(PY) -m tests.fuzz --seed $(SEED) --seconds $(SECONDS)

masking: setup ## masks and secrets on generated pages: make masking SEED=7 COUNT=2000
	@$(PY) -m tests.masking --seed $(SEED) --count $(COUNT_OF_PAGES)

roundtrip: setup ## journeys by seed, recorded, written and run again: make roundtrip SEED=7 COUNT=50
	@$(PY) -m tests.roundtrip --seed $(SEED) --count $(COUNT)

healing: setup ## a sample app in many versions: which tests are healed, and which never: make healing
	@$(PY) -m tests.proof.healing

rolling: setup ## a rolling upgrade over live traffic: make rolling FROM=<commit>
	@$(PY) -m tests.faults.rolling --from "$(FROM)" --seed $(SEED)

ends: setup ## each command fifty times, interrupted at odd moments: nothing may be said or left behind
	@TIMES=50 $(PY) -m pytest -q tests/cli/test_clean_ends.py

profile: setup ## what the core costs by stage, and the ten dearest functions of each
	@$(PY) -m bench.core
	@$(PY) -m bench.core --profile

bench: setup ## throughput, latency, take-over and recovery on this machine
	@$(PY) -m bench.core
	@$(PY) -m bench.stream
	@$(PY) -m bench.takeover --rounds 5
	@$(PY) -m bench.recovery --journeys 1000,10000

audit: setup ## known weaknesses of the locked packages; fails where the service that knows them can't be asked
	@.venv/bin/pip-audit --strict --no-deps --disable-pip -r requirements.lock

lock: setup ## write what is locked anew: packages from pyproject.toml, uv, Kafka's jars
	@.venv/bin/uv pip compile pyproject.toml --extra dev --extra s3 --generate-hashes --python-version 3.11 --no-header \
	  --no-emit-index-url -q -o requirements.lock
	@sed -nE 's/^(uv==[^ ]+).*/\1/p' scripts/uv.lock | .venv/bin/uv pip compile - --generate-hashes --no-header \
	  --no-annotate --no-emit-index-url -q -o scripts/uv.lock
	@scripts/jars.sh --write .kafka-jars scripts/kafka-jars.sha256

clean: ## remove what was built and recorded here, but not the environment
	@rm -rf .data dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
