# Every target makes its own virtual environment if there is none.
#
#   make demo     watch a Cognito login and the Python that does it; DEMO_ARGS=--values shows how it is
#                 computed and checked, also over HTTP
#   make test     run all tests
#   make check    the quick tests, style and types, all at once: what to run after every change
#   make bench    measure this library, bare exponentiations and what others wrote; five minutes, or
#                 BENCH_ARGS='--seconds 10'
#   make stress   10,000 logins over HTTP to a pool, each answer checked; STRESS_ARGS='--logins 200'
#   make million  a million random exchanges against the oracle, some hours; MILLION_ARGS='--exchanges
#                 50000'
#   make lint     style and types
#   make mutants  break the code as tests/mutants/ says and see that a test notices, some minutes;
#                 MUTANTS='proof/*' does it with some
#   make automutants  the same wherever the usual operators fit the core, a quarter of an hour;
#                 AUTOMUTANTS='wire.py proof/s*' does it with some files
#   make rooms    see whether each module is covered by the tests of its own room, some minutes;
#                 ROOMS='proof/ wire.py' does it with some
#   make newest   fetch AWS's newest model of the service, at most once a day; test and check do it
#   make conformance  try on the pool what is known of the service's behaviour, in memory and HTTP
#   make emulators  try the list on moto, ministack and cognito-local of their newest releases, and
#                 write what came into emulators/results.json and docs/; six minutes; it needs npm
#   make catalogue  write the catalogue of mistakes, the list of behaviours and the table of emulators
#                 into docs/
#   make platforms  write the table of tests/platforms/results.json into docs/platforms.md
#   make docs     build the site into build/site, with warnings as errors, and check it; a browser
#                 reads it if Chromium is there
#   make vectors  write vectors/v1/ anew from the oracle in tests/
#   make vectors-dist  write what others take the vectors from into dist/vectors/: a tarball, an npm
#                 package and a Go module
#   make rehearsal  build twice, compare, publish to an index on this machine and install from there
#   make release  the same, and make the tag: docs/releasing.md
#   make release-requirements  pin anew what builds and publishes a release
#   make clean    remove what the targets made

PYTHON ?= python3
VENV ?= .venv
PYTEST_ARGS ?= -n auto --dist worksteal
BIN := $(VENV)/bin
JAVASCRIPT := tests/javascript

# Without its caches Python compiles the library for each of the thousand processes that the tests
# start, and pytest rewrites hypothesis for each run.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check javascript bench stress million lint mutants automutants rooms newest conformance emulators catalogue platforms docs vectors vectors-dist rehearsal release release-requirements clean

demo: $(VENV)/installed
	@$(BIN)/srp-cognito demo $(DEMO_ARGS)

test: $(VENV)/installed-dev newest javascript
	$(BIN)/python -m pytest $(PYTEST_ARGS)

# mypy checks while the tests run, and reports after them.
check: $(VENV)/installed-dev newest
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy >$(VENV)/types 2>&1 & \
	$(BIN)/python -m pytest $(PYTEST_ARGS) -m "not slow" --hypothesis-profile=quick; tests=$$?; \
	wait $$!; types=$$?; cat $(VENV)/types; exit $$((tests || types))

# Other people's JavaScript and pyright, of the versions in the lock file. The tests of the rest go on
# without them, and say so.
javascript:
	@cmp -s $(JAVASCRIPT)/package-lock.json $(JAVASCRIPT)/node_modules/installed || \
	{ cd $(JAVASCRIPT) && npm ci --no-audit --no-fund --loglevel=error && \
	cp package-lock.json node_modules/installed; } || \
	echo "SKIPPED: npm or its registry cannot be reached, so neither JavaScript clients nor pyright are run." >&2

# aiobotocore holds botocore back, so the newest is kept apart, and only its data are read.
newest: $(VENV)/installed-dev
	@[ -n "$$(find $(VENV)/newest-botocore/installed -mtime -1 2>/dev/null)" ] || \
	{ $(BIN)/python -m pip install --quiet --no-deps --no-compile --upgrade \
	--target $(VENV)/newest-botocore botocore && touch $(VENV)/newest-botocore/installed; } || \
	echo "SKIPPED: the package index cannot be reached, so AWS's newest model is not asked for." >&2

bench: $(VENV)/installed-bench javascript
	$(BIN)/python benchmarks/harness.py --out benchmarks/results --pages $(BENCH_ARGS)
	$(BIN)/python benchmarks/constant_time.py $(BENCH_ARGS) > benchmarks/results/constant_time.md
	$(BIN)/python -m pytest benchmarks

stress: $(VENV)/installed-dev
	$(BIN)/python benchmarks/stress.py $(STRESS_ARGS)

million: $(VENV)/installed-dev
	$(BIN)/python benchmarks/million.py $(MILLION_ARGS)

lint: $(VENV)/installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

mutants: $(VENV)/installed-dev
	$(BIN)/python tests/mutate.py $(foreach some,$(MUTANTS),'$(some)')

automutants: $(VENV)/installed-dev
	$(BIN)/python tests/automutate.py $(foreach some,$(AUTOMUTANTS),'$(some)')

rooms: $(VENV)/installed-dev
	$(BIN)/python tests/rooms.py $(ROOMS)

conformance: $(VENV)/installed
	$(BIN)/srp-cognito conformance
	$(BIN)/srp-cognito conformance --over-http

# The emulators' dependencies are kept apart. This is not for CI: what others release is not under
# test here, and some behaviours wait five minutes.
emulators: $(VENV)/installed-dev
	$(PYTHON) -m venv $(VENV)/emulators
	$(VENV)/emulators/bin/python -m pip install --quiet --upgrade 'moto[server,cognitoidp]' ministack
	npm install --prefix $(VENV)/emulators --no-audit --no-fund --loglevel=error cognito-local@latest
	$(BIN)/python emulators/try_list.py --programs \
	$(VENV)/emulators/bin $(VENV)/emulators/node_modules/.bin
	$(BIN)/python docs/emulators.py

catalogue: $(VENV)/installed-dev
	$(BIN)/python docs/catalogue.py
	$(BIN)/python docs/behaviours.py
	$(BIN)/python docs/emulators.py

platforms: $(VENV)/installed-dev
	$(BIN)/python docs/platforms.py

docs: $(VENV)/installed-docs javascript
	rm -rf build/site
	$(BIN)/python docs/stage.py build/pages
	$(BIN)/python -m sphinx --nitpicky --fail-on-warning --keep-going --quiet --fresh-env \
	--conf-dir docs build/pages build/site
	$(BIN)/python -m pytest docs -q

vectors: $(VENV)/installed-dev newest
	$(BIN)/python vectors/generate.py

vectors-dist: $(VENV)/installed
	$(BIN)/python vectors/dist.py

# With what the workflow installs, each by its hash.
rehearsal: $(VENV)/release
	$(VENV)/release/bin/python release/build_twice.py
	$(VENV)/release/bin/python release/rehearse.py

release: $(VENV)/release
	$(VENV)/release/bin/python release/check.py
	@$(MAKE) --no-print-directory rehearsal
	git tag --annotate "v$$($(VENV)/release/bin/python release/check.py)" \
	--message "srp-cognito $$($(VENV)/release/bin/python release/check.py)"
	@echo "Publish it with: git push origin $$(git describe --exact-match)"

release-requirements: $(VENV)/release
	$(VENV)/release/bin/python -m pip install --quiet uv
	$(VENV)/release/bin/uv pip compile --quiet --upgrade --universal --python-version 3.13 \
	--generate-hashes --no-header --no-emit-index-url \
	release/requirements.in --output-file release/requirements.txt

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks .coverage

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[testing]'
	@touch $@

# Dependency groups need a pip that is newer than the one some Pythons bring.
$(VENV)/installed-dev: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --group dev
	@touch $@

$(VENV)/release: release/requirements.txt
	rm -rf $@
	$(PYTHON) -m venv $@
	$@/bin/python -m pip install --quiet --require-hashes --requirement release/requirements.txt

$(VENV)/installed-bench: $(VENV)/installed-dev
	$(BIN)/python -m pip install --quiet --group bench
	@touch $@

$(VENV)/installed-docs: $(VENV)/installed-dev
	$(BIN)/python -m pip install --quiet --group docs
	@touch $@
