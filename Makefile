# make run   the application on this machine        make lock  new pins
# make test  the whole suite                        make check what a reviewer should not have to look for
# make test-slurm  training jobs through a real Slurm (Debian's packages, unpacked)
# make demo-training  a tiny model trained before your eyes
# make bench timings, printed                       make bench-verify PAIRS=folder   our verdicts beside Math-Verify's
# make test-processes  trainers in two processes, on a CPU       make test-vllm  sampling and GRPO with vLLM for the CPU
# make test-consumers    exports opened by Inspect, lm-eval, verl and verifiers, each in an environment of its own
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
PY := .venv/bin/python
REQUIREMENTS := requirements.txt requirements-local.txt
# uv is quick; pip, slower, knows the proxies and mirrors of its own configuration.
OPTIONS := install --quiet --no-deps --require-hashes
INSTALL = install() { $(PY) -m uv pip $(OPTIONS) --system-certs --python $(PY) "$$@" || $(PY) -m pip $(OPTIONS) "$$@"; }; install

.PHONY: run demo-training test test-consumers test-processes test-slurm test-vllm check bench bench-verify \
	lock lock-consumers lock-vllm install clean
.DELETE_ON_ERROR:

run: .venv/local .env dist/.built
	@$(PY) manage.py serve $(PORT:%=--port %)

install: .venv/models .env

.env:
	@echo QFT_MODE=local > $@

$(PY):
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed, none was found."; exit 1; }
	@if $(PYTHON) -c 'import ensurepip' 2>/dev/null; then $(PYTHON) -m venv .venv; \
	elif command -v uv >/dev/null; then uv venv --quiet --seed --python $(PYTHON) .venv; \
	elif command -v virtualenv >/dev/null; then virtualenv --quiet --python $(PYTHON) .venv; \
	else echo "This Python cannot make virtual environments. Remedy: sudo apt-get install python3-venv"; exit 1; fi

.venv/uv: requirements-uv.txt | $(PY)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	@touch $@

.venv/local: $(REQUIREMENTS) .venv/uv
	@echo "Installing Python packages …"
	@$(INSTALL) $(REQUIREMENTS:%=-r %)
	@touch $@

.venv/dev: requirements-dev.txt .venv/local
	@$(INSTALL) $(REQUIREMENTS:%=-r %) -r requirements-dev.txt
	@touch $@

# PyTorch by pip alone, and without a hash: which build it is depends on the machine.
.venv/models: requirements-models.txt .venv/dev
	@echo "Installing PyTorch, for the tests' own model server …"
	@$(PY) -m pip install --quiet --disable-pip-version-check torch==2.13.0
	@$(INSTALL) -r requirements-models.txt
	@touch $@

node_modules/installed: package.json package-lock.json .npmrc .venv/local
	@echo "Installing JavaScript packages …"
	@PATH="$(CURDIR)/.venv/bin:$$PATH" npm ci --ignore-scripts --loglevel=error >/dev/null
	@touch $@

dist/.built: node_modules/installed $(shell find static -type f 2>/dev/null)
	@echo "Building the assets …"
	@PATH="$(CURDIR)/.venv/bin:$$PATH" npm run --silent build
	@touch $@

test: .venv/models .env dist/.built
	@$(PY) -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal

SLOWLY := $(PY) -m pytest -o addopts="--strict-markers --import-mode=importlib -ra"
CONSUMERS := inspect lm-eval verifiers verl
UV_PIP := $(PY) -m uv pip

# Their pins clash with ours and with each other's.
.consumers/%/installed: tests/consumers/%.txt .venv/uv
	@echo "Installing $* …"
	@$(PY) -m uv venv --quiet --clear --python $(PY) .consumers/$*
	@$(UV_PIP) install --quiet --no-deps --require-hashes --system-certs --python .consumers/$*/bin/python -r $<
	@if [ $* = verl ]; then $(PY) -m pip --python .consumers/verl/bin/python install --quiet --no-deps torch==2.13.0; fi
	@touch $@

test-consumers: .venv/models .env $(CONSUMERS:%=.consumers/%/installed)
	@$(SLOWLY) tests/consumers

lock-consumers: .venv/uv
	@for name in $(CONSUMERS); do \
		$(UV_PIP) compile --quiet --upgrade --universal --python-version 3.11 --fork-strategy fewest \
		--overrides requirements-apart.txt --no-emit-package torch --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
		--output-file tests/consumers/$$name.txt tests/consumers/$$name.in || exit 1; \
	done

# vLLM was built against PyTorch for the CPU; pip finds that where its own configuration leads to it, and takes it first.
.vllm/installed: tests/vllm/requirements.txt .venv/uv
	@echo "Installing vLLM for the CPU …"
	@$(PY) -m uv venv --quiet --clear --python $(PY) .vllm
	@$(UV_PIP) install --quiet --no-deps --require-hashes --system-certs --python .vllm/bin/python -r $<
	@$(PY) -m pip --python .vllm/bin/python install --quiet --no-deps torch==2.13.0
	@touch $@

test-vllm: .venv/models .env .vllm/installed
	@$(SLOWLY) tests/vllm

test-processes: .venv/models .env
	@$(SLOWLY) tests/processes

lock-vllm: .venv/uv
	@$(UV_PIP) compile --quiet --upgrade --universal --python-version 3.11 --fork-strategy fewest \
		--overrides requirements-apart.txt --overrides tests/vllm/apart.txt \
		--no-emit-package torch --no-emit-package torchaudio --no-emit-package torchcodec --no-emit-package torchvision \
		--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
		--output-file tests/vllm/requirements.txt tests/vllm/requirements.in

demo-training: .venv/models
	@$(PY) -m training.demo

check: .venv/dev .env dist/.built
	@set -e; \
	echo "ruff";        $(PY) -m ruff check --quiet .; $(PY) -m ruff format --quiet --check .; \
	echo "mypy";        $(PY) -m mypy --no-error-summary; \
	echo "imports";     report=$$(.venv/bin/lint-imports --no-cache) || { echo "$$report"; exit 1; }; \
	echo "templates";   $(PY) -m djlint --quiet --lint templates; \
	echo "Dockerfile";  .venv/bin/hadolint Dockerfile; \
	echo "migrations";  $(PY) manage.py makemigrations --check --dry-run; \
	echo "deployment";  $(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING

bench: .venv/dev .env dist/.built
	@$(PY) -m tests.benchmarks.bench_sandbox
	@$(PY) -m tests.benchmarks.bench_verification
	@$(PY) -m tests.benchmarks.bench_processes
	@$(PY) -m tests.benchmarks.bench_reward
	@$(PY) -m pytest -q -s -o addopts=--import-mode=importlib tests/benchmarks/bench_items.py tests/benchmarks/bench_releases.py \
		tests/benchmarks/bench_traces.py tests/benchmarks/bench_grading.py tests/benchmarks/bench_desk.py

bench-verify: .venv/dev
	@$(PY) -m tests.benchmarks.bench_verify $(PAIRS)

SLURM := slurmctld slurmd slurm-client slurm-wlm-basic-plugins libhwloc15 libnuma1 liblz4-1 libpam0g libreadline8 \
	libmunge2 libjson-c5 liblua5.1-0 libyaml-0-2 libdbus-1-3

# Debian's Slurm, unpacked here and not installed: no root, no daemon that stays.
.slurm/unpacked:
	@mkdir -p .slurm/packages
	@cd .slurm/packages && apt-get download -qq -o APT::Sandbox::User=root $(SLURM) && for package in *.deb; do dpkg -x $$package ../root; done
	@touch $@

test-slurm: .venv/dev .env .slurm/unpacked
	@SLURM_ROOT=$(CURDIR)/.slurm/root $(SLOWLY) -q tests/slurm

PRODUCTION := QFT_MODE=production ALLOWED_HOSTS=qft.example.org DATABASE_URL=postgres://nobody@nowhere/nothing \
	SECRET_KEY=a-key-long-enough-to-please-the-check-but-of-no-use-to-anyone-0123456789

lock: .venv/uv
	@for name in requirements requirements-uv requirements-local requirements-dev requirements-models training/requirements; do \
		$(PY) -m uv pip compile --quiet --upgrade --universal --python-version 3.11 --fork-strategy fewest \
		--overrides requirements-apart.txt --no-emit-package torch --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
		--output-file $$name.txt $$name.in || exit 1; \
	done

clean:
	rm -rf .venv .slurm .consumers .vllm node_modules dist staticfiles .*_cache
