# What a newcomer needs:   make demo    make test
# What a developer needs:  make build   make bench   make bench-peers   make test-debug   make soak   make format   make lint   make docs
# What a Slurm test needs: make slurm-lab (DO=up, down, status)
# What a site needs:       make install PREFIX=/usr/local   make deb   make check-deb   make dist   make check-dist

SWIFT        ?= swift
PREFIX       ?= /usr/local
# A module is optimised as a whole, by one thread; two make machine code of it.
THREADS      := -Xswiftc -num-threads -Xswiftc 2
# The programs are linked with Swift's libraries in them: they start faster, and run where there is no Swift.
RELEASE      := -c release --static-swift-stdlib $(THREADS)
PROGRAMS     := .build/release
DEMO         := .build/demo
# Manual pages and completions, made by the program itself.
PAGES        := .build/pages
# What is tested: the same programs, optimised, but open to tests, which look inside modules; and linked to libraries, so that
# tests can put some of their own under them.
TESTED       := -c release -Xswiftc -enable-testing $(THREADS) --scratch-path .build/tests
TESTED_PROGRAMS := .build/tests/release
CRASH_TESTS  := Acceptance/(KillPointTests|RandomKillTests|TakeOverTests)
# What has to be there to build, as: file that shows it, package that brings it.
NEEDED       := /usr/include/sqlite3.h=libsqlite3-dev /usr/bin/git=git \
                /usr/include/openssl/evp.h=libssl-dev \
                /etc/ssl/certs/ca-certificates.crt=ca-certificates
# What the tests use beyond that.
TEST_NEEDED  := /usr/bin/busybox=busybox-static /usr/bin/sqlite3=sqlite3 /usr/bin/valgrind=valgrind /usr/bin/strip=binutils /usr/bin/faketime=faketime \
                /usr/bin/python3=python3 /usr/bin/script=bsdutils /usr/bin/chromium-headless-shell=?chromium-headless-shell \
                /usr/bin/bindfs=bindfs /usr/bin/strace=strace
# A Slurm for the tests: Scripts/slurm-lab.
SLURM_NEEDED := /usr/include/slurm/slurm.h=libslurm-dev /usr/sbin/slurmctld=slurmctld /usr/sbin/slurmd=slurmd \
                /usr/bin/sinfo=slurm-client /usr/sbin/munged=munge
ACCOUNT_NEEDED := /usr/sbin/slurmdbd=slurmdbd /usr/sbin/mariadbd=mariadb-server
DEB_NEEDED   := /usr/bin/dpkg-shlibdeps=dpkg-dev /usr/bin/fakeroot=fakeroot
DIST_NEEDED  := /usr/bin/xz=xz-utils /usr/bin/strip=binutils
DIST_CHECK_NEEDED := /usr/bin/busybox=busybox-static
BENCH_NEEDED := /usr/bin/python3=python3 /usr/bin/xargs=findutils /usr/bin/parallel=parallel /usr/bin/make=make
# Other systems, for comparison, into an environment of their own; wfcommons generates workflows, matplotlib draws.
PEERS        := hyperqueue snakemake parsl luigi dask distributed wfcommons numpy matplotlib

# Whether jobmon-slurm is linked to libslurm: where it is (auto), on, off. Said to SwiftPM, which does not notice a header
# that is installed later.
JOBMON_SLURM ?= auto
SLURM_THERE  = $(if $(filter auto,$(JOBMON_SLURM)),$(shell test -e /usr/include/slurm/slurm.h && echo on || echo off),$(JOBMON_SLURM))
BUILD        = JOBMON_SLURM=$(SLURM_THERE) $(SWIFT)

.PHONY: help slurm-lab setup setup-test setup-bench build pages docs demo test test-debug soak bench bench-peers install deb check-deb setup-deb dist check-dist setup-dist format lint clean

help:
	@sed -n 's/^# \(What a .*make.*\)/\1/p' Makefile

setup:
	@Scripts/install-missing $(NEEDED)
	@command -v $(SWIFT) >/dev/null || { \
	  echo "There is no Swift here: install a toolchain (6.1 or newer) from https://www.swift.org/install/linux/"; \
	  exit 1; }

setup-test: setup
	@Scripts/install-missing $(TEST_NEEDED) $(SLURM_NEEDED) $(ACCOUNT_NEEDED)

# A cluster of four nodes on this machine, on loopback only, that has nothing to do with any other Slurm here. With
# ACCOUNTING=1 it has slurmdbd and a database, too.
slurm-lab:
	@Scripts/install-missing $(SLURM_NEEDED) $(if $(ACCOUNTING),$(ACCOUNT_NEEDED))
	@Scripts/slurm-lab $(or $(DO),up)

build: setup
	$(BUILD) build $(RELEASE) --product jobmon
	$(BUILD) build $(RELEASE) --product jobmon-worker
	[ $(SLURM_THERE) = off ] || $(BUILD) build $(RELEASE) --product jobmon-slurm

demo: build
	@Scripts/demo $(PROGRAMS) $(DEMO)

# All on one optimised build: the engine's instructions, then every test, crash tests included; at last the same programs
# linked as people get them, where there is nothing else. Parts that take long go side by side: Scripts/run-tests.
test: setup-test
	JOBMON_LINKING=dynamic $(BUILD) build $(TESTED) --build-tests
	Bench/instructions $(TESTED_PROGRAMS)/engine-runs
	JOBMON_LINKING=dynamic JOBMON_SLURM=$(SLURM_THERE) \
	  Scripts/run-tests .build/tests/logs $(SWIFT) test $(TESTED) --skip-build --ignore-lock
	$(BUILD) build $(TESTED) --product jobmon
	$(BUILD) build $(TESTED) --product jobmon-worker
	@Scripts/check-dist $(TESTED_PROGRAMS)

# The same tests on a debug build, which asserts more.
test-debug: setup-test
	$(BUILD) build --build-tests
	JOBMON_SLURM=$(SLURM_THERE) Scripts/run-tests .build/debug-logs $(SWIFT) test --skip-build --ignore-lock

# The debug build's tests; then the crash tests at every kill point and for many random rounds, ROUNDS=n says how many, and
# simulations of 100,000 seeds, in both builds. Then everything that can go wrong on Slurm, again and again.
soak: test-debug
	JOBMON_SOAK=1 JOBMON_ROUNDS=$(or $(ROUNDS),200) JOBMON_SLURM=$(SLURM_THERE) \
	  Scripts/run-tests .build/debug-logs $(SWIFT) test --skip-build --ignore-lock
	JOBMON_LINKING=dynamic $(BUILD) build $(TESTED) --build-tests
	JOBMON_LINKING=dynamic JOBMON_SOAK=1 JOBMON_ROUNDS=$(or $(ROUNDS),200) $(BUILD) test $(TESTED) --skip-build \
	  --filter 'SimulationTests|$(CRASH_TESTS)'
	for round in $$(seq $$(($(or $(ROUNDS),200) - 1))); do \
	  $(BUILD) test --skip-build --filter 'SlurmFaultTests|SlurmSiteTests' || exit; done

setup-bench:
	@Scripts/install-missing $(BENCH_NEEDED) $(SLURM_NEEDED)

# Everything that BENCHMARKS.md shows; it ends with that page and its graphs, made from Bench/results.
bench: setup-bench build
	$(BUILD) build $(RELEASE) --product jobmon-bench
	$(BUILD) build $(RELEASE) --product instant-plugin
	@Bench/run $(PROGRAMS)
	@if [ -e .build/peers/bin/python ]; then .build/peers/bin/python Bench/makespan.py $(PROGRAMS); \
	  else echo "no schedules: \`make bench-peers\` installs WfCommons, which generates the workflows"; fi

# What `make bench` compares with beyond what every system has.
bench-peers: setup-bench
	@Scripts/install-missing /usr/share/doc/python3-venv=python3-venv
	python3 -m venv .build/peers
	.build/peers/bin/pip install -q $(PEERS)

# The help of every command as a manual page, and what shells complete.
pages: build
	@$(BUILD) package plugin generate-manual --help >/dev/null
	@Scripts/pages $(PROGRAMS)/jobmon $(PAGES)

# What the products Jobmon and JobmonCore declare, as a folder for a web server. A warning is an error.
docs: setup
	$(BUILD) build --target Jobmon
	@Scripts/docs "$$($(BUILD) build --show-bin-path)" .build/docs

install: pages
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/jobmon $(DESTDIR)$(PREFIX)/share/man/man1 \
	  $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/zsh/site-functions \
	  $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d $(DESTDIR)$(PREFIX)/share/doc/jobmon/examples
	install -m 755 $(PROGRAMS)/jobmon $(PROGRAMS)/jobmon-worker $(DESTDIR)$(PREFIX)/bin
	[ $(SLURM_THERE) = off ] || install -m 755 $(PROGRAMS)/jobmon-slurm $(DESTDIR)$(PREFIX)/bin
	install -m 644 plugins.json $(DESTDIR)$(PREFIX)/share/jobmon
	install -m 644 $(PAGES)/man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 $(PAGES)/jobmon.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/jobmon
	install -m 644 $(PAGES)/jobmon.zsh $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_jobmon
	install -m 644 $(PAGES)/jobmon.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/jobmon.fish
	install -m 644 README.md CHANGELOG.md LICENSE docs/*.md $(DESTDIR)$(PREFIX)/share/doc/jobmon
	cp -r Examples/1-word-count $(DESTDIR)$(PREFIX)/share/doc/jobmon/examples

# A Debian package in .build, and a check that it installs, runs the demo, and goes without leaving anything.
deb: setup-deb
	rm -rf .build/deb
	@$(MAKE) --no-print-directory install DESTDIR=$(CURDIR)/.build/deb/root PREFIX=/usr
	@Scripts/make-deb .build/deb

check-deb: deb
	@Scripts/check-deb .build/deb/*.deb

setup-deb: setup
	@Scripts/install-missing $(DEB_NEEDED)

# An archive in .build that is unpacked anywhere, and a check that its programs run where there is nothing else.
DIST = jobmon-$$($(PROGRAMS)/jobmon version | sed 's/^jobmon //')-$$(uname -m)-linux
dist: build setup-dist
	rm -rf .build/dist
	@$(MAKE) --no-print-directory install DESTDIR=$(CURDIR)/.build/dist PREFIX=/$(DIST)
	@Scripts/make-dist .build/dist $(DIST)

check-dist: dist
	@Scripts/install-missing $(DIST_CHECK_NEEDED)
	@Scripts/check-dist .build/dist/*.tar.xz

setup-dist: setup
	@Scripts/install-missing $(DIST_NEEDED)

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests Bench Examples/plugins/nice/Sources

lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests Bench Examples/plugins/nice/Sources

clean:
	rm -rf .build
