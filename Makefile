# `make` builds, `make check` proves, `make demo` shows. ./configure is optional.
all:

# == What you may set: on the command line, in config.mak, or by ./configure ==
#
#   V=1                   show the commands
#   DEVELOPER=1           warnings are errors
#   SANITIZE=address,undefined
#   DESTDIR=              stage the installation below another root
#
CXX = g++
# With sanitizers g++ takes five times as long for -O2 as for -Og, and their reports need line numbers only.
CXXFLAGS = $(if $(SANITIZE),-Og -g1,-O2 -g)
LDFLAGS =
PKG_CONFIG = pkg-config
INSTALL = install
PYTHON = /usr/bin/python3
prefix = /usr/local
sbindir = $(prefix)/sbin
bindir = $(prefix)/bin
mandir = $(prefix)/share/man
sysconfdir = $(if $(filter /usr,$(prefix)),/etc,$(prefix)/etc)
unitdir = $(prefix)/lib/systemd/system
sysusersdir = $(prefix)/lib/sysusers.d
docdir = $(prefix)/share/doc/wakeline
completionsdir = $(prefix)/share/bash-completion/completions

-include config.mak.autogen
-include config.mak

# == What the project needs; not for you to set ==

VERSION = 0.1.0
BUILD = build$(if $(SANITIZE),/$(subst $(comma),-,$(SANITIZE)))
comma := ,

PACKAGES = libevent libevent_openssl openssl libsrtp2 yaml-cpp libcurl libcares sqlite3 hiredis libsystemd libqrencode zlib
WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor
# Other people's headers are -isystem: their warnings are not ours.
PACKAGE_CFLAGS := $(patsubst -I%,-isystem %,$(shell $(PKG_CONFIG) --cflags $(PACKAGES) 2>/dev/null))
ALL_CXXFLAGS = -std=c++20 -pthread -Isrc -MMD -MP -DWAKELINE_VERSION='"$(VERSION)"' $(WARNINGS) \
	$(if $(DEVELOPER),-Werror) $(if $(SANITIZE),$(SANITIZE_CFLAGS)) $(PACKAGE_CFLAGS) $(CXXFLAGS)
# g++ 12 sees uninitialised members where a sanitizer took its sight.
SANITIZE_CFLAGS = -fsanitize=$(SANITIZE) -fno-omit-frame-pointer -Wno-maybe-uninitialized
ALL_LDFLAGS = -pthread $(if $(SANITIZE),-fsanitize=$(SANITIZE)) $(LDFLAGS)
LIBS = $(shell $(PKG_CONFIG) --libs $(PACKAGES) re2)

ifndef V
QUIET = @echo '   ' $(1) $@;
endif

MAINS := src/daemon/main.cpp src/ctl/main.cpp
SOURCES := $(sort $(wildcard src/*/*.cpp))
HEADERS := $(sort $(wildcard src/*/*.h))
UNIT_TESTS := $(sort $(wildcard $(patsubst src/%,tests/%/*_test.cpp,$(wildcard src/*))))
MODULE_TESTS := $(sort $(wildcard tests/module/*.cpp))
FUZZ_TARGETS := $(sort $(wildcard tests/fuzz/*_fuzz.cpp))
SIMULATION := $(sort $(wildcard tests/simulation/*.cpp))
BENCHES := $(sort $(wildcard tests/bench/*_bench.cpp))
BENCH_PARTS := $(sort $(wildcard tests/bench/*/*.cpp))
object = $(patsubst %.cpp,$(BUILD)/%.o,$(1))
ALL_OBJECTS := $(call object,$(SOURCES) tests/main.cpp tests/fuzz/driver.cpp $(UNIT_TESTS) $(MODULE_TESTS) $(FUZZ_TARGETS) $(SIMULATION) $(BENCHES) $(BENCH_PARTS))

PROGRAMS := $(patsubst src/%/main.cpp,%,$(wildcard $(MAINS)))
PROGRAM_PATHS = $(if $(filter daemon,$(PROGRAMS)),$(BUILD)/wakeline) $(if $(filter ctl,$(PROGRAMS)),$(BUILD)/wakelinectl)

all: $(BUILD)/libwakeline.a $(PROGRAM_PATHS)

# The main programs alone stay out of the library, so tests link all the rest.
$(BUILD)/libwakeline.a: $(call object,$(filter-out $(MAINS),$(SOURCES)))
	@$(RM) $@
	$(call QUIET,AR)$(AR) rcs $@ $^

link = $(call QUIET,LINK)$(CXX) $(ALL_LDFLAGS) -o $@ $(filter %.o %.a,$^) $(LIBS)

# The daemon allocates some 500 times in a call, mostly for a moment; this allocator gives out first what was freed last. Nothing
# names it, so that the linker would leave it out. Sanitizers bring their own.
$(BUILD)/wakeline: LIBS += $(if $(SANITIZE),,-Wl,--no-as-needed -ltcmalloc_minimal)
$(BUILD)/wakeline: $(BUILD)/src/daemon/main.o $(BUILD)/libwakeline.a $(BUILD)/flags
	$(link)
$(BUILD)/wakelinectl: $(BUILD)/src/ctl/main.o $(BUILD)/libwakeline.a $(BUILD)/flags
	$(link)

# One module's tests, for the edit-and-run loop: make test-net
test-%: $(BUILD)/tests/of-%
	$<
.PRECIOUS: $(BUILD)/tests/of-%
.SECONDEXPANSION:
$(BUILD)/tests/of-%: $$(call object,tests/main.cpp $$(wildcard tests/$$*/*_test.cpp)) $(BUILD)/libwakeline.a $(BUILD)/flags
	$(link)

$(BUILD)/unit-tests: $(call object,tests/main.cpp $(UNIT_TESTS)) $(BUILD)/libwakeline.a $(BUILD)/flags
	$(link)
$(BUILD)/loopback-tests: $(call object,tests/main.cpp $(MODULE_TESTS)) $(BUILD)/libwakeline.a $(BUILD)/flags
	$(link)

$(call object,tests/% $(UNIT_TESTS) $(MODULE_TESTS) $(FUZZ_TARGETS) $(SIMULATION) $(BENCHES) $(BENCH_PARTS)): EXTRA = -Itests
$(BUILD)/%.o: %.cpp $(BUILD)/flags
	@mkdir -p $(@D)
	$(call QUIET,CXX)$(CXX) $(ALL_CXXFLAGS) $(EXTRA) -c -o $@ $<

# Rebuild everything when the compiler or its flags change, and only then.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CXX) $(ALL_CXXFLAGS) $(ALL_LDFLAGS)' | cmp -s - $@ || \
		echo '$(CXX) $(ALL_CXXFLAGS) $(ALL_LDFLAGS)' >$@

check-unit: $(BUILD)/unit-tests
	$<
check-loopback: $(BUILD)/loopback-tests
	$<

# What threads share, for SANITIZE=thread: mailboxes, the relay, the store.
THREADED := base net store media
$(BUILD)/thread-tests: $(call object,tests/main.cpp $(wildcard tests/net/mailbox_test.cpp tests/store/*_test.cpp) \
		tests/module/relay_test.cpp $(filter $(THREADED:%=src/%/%),$(SOURCES))) $(BUILD)/flags
	$(link)
check-threads: $(BUILD)/thread-tests
	$<

# Whole calls on a fake clock and network, chosen by chance from a seed. It brings its own base/random: what the
# linker has from an object it does not take from the library. One seed, with all that is said: make simulate SEED=17
SCHEDULES = 100000
$(BUILD)/simulation: $(call object,$(SIMULATION)) $(BUILD)/libwakeline.a $(BUILD)/flags
	$(link)
simulate: $(BUILD)/simulation
	$< $(if $(SEED),--seed $(SEED),--schedules $(SCHEDULES) --regressions tests/simulation/seeds)

# A fuzz target, with the driver that runs its corpus once or with libFuzzer's.
FUZZERS := $(patsubst tests/fuzz/%_fuzz.cpp,%,$(FUZZ_TARGETS))
FUZZ_DRIVER = $(BUILD)/tests/fuzz/driver.o
FUZZ_SEEDS_message = tests/data/rfc4475 tests/data/rfc5118
$(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/%_fuzz.o $(filter %.o,$(FUZZ_DRIVER)) $(BUILD)/libwakeline.a $(BUILD)/flags
	@mkdir -p $(@D)
	$(link) $(filter -%,$(FUZZ_DRIVER))
.PRECIOUS: $(BUILD)/fuzz/% $(BUILD)/tests/fuzz/%.o
check-fuzz-corpus: $(FUZZERS:%=check-fuzz-corpus-%)
check-fuzz-corpus-%: $(BUILD)/fuzz/%
	@$< tests/fuzz/corpus/$* $(FUZZ_SEEDS_$*)

# Searches for new inputs, target by target; what is found stays in build/libfuzzer/corpus. One target alone:
# make fuzz FUZZERS=uri
FUZZ_CXX = clang++
FUZZ_SECONDS = 60
fuzz:
	$(MAKE) BUILD=build/libfuzzer CXX='$(FUZZ_CXX)' SANITIZE=address,undefined FUZZ_DRIVER=-fsanitize=fuzzer \
		CXXFLAGS='-O1 -g -fsanitize=fuzzer-no-link -fno-sanitize-recover=undefined' $(FUZZERS:%=run-fuzz-%)
run-fuzz-%: $(BUILD)/fuzz/%
	@mkdir -p $(BUILD)/corpus/$*
	$< -max_total_time=$(FUZZ_SECONDS) -timeout=10 -verbosity=1 -artifact_prefix=$(BUILD)/$*- \
		$(BUILD)/corpus/$* tests/fuzz/corpus/$* $(FUZZ_SEEDS_$*)

# CPU time and memory per unit of work, one JSON object a line. One bench alone: make bench-message
$(BUILD)/bench/%: $(BUILD)/tests/bench/%_bench.o $$(call object,$$(wildcard tests/bench/$$*/*.cpp)) $(BUILD)/libwakeline.a $(BUILD)/flags
	@mkdir -p $(@D)
	$(link)
.PRECIOUS: $(BUILD)/bench/% $(BUILD)/tests/bench/%.o
bench-%: $(BUILD)/bench/%
	@scripts/in-netns $<
bench:
	scripts/install-deps bench
	+$(MAKE) --no-print-directory bench-all
bench-all: all $(patsubst tests/bench/%_bench.cpp,bench-%,$(BENCHES))
	@WAKELINE_BUILD=$(abspath $(BUILD)) scripts/in-netns $(PYTHON) tests/bench/signalling.py
	@WAKELINE_BUILD=$(abspath $(BUILD)) scripts/in-netns $(PYTHON) tests/bench/calls.py
	@WAKELINE_BUILD=$(abspath $(BUILD)) scripts/in-netns $(PYTHON) tests/bench/registrations.py
	@WAKELINE_BUILD=$(abspath $(BUILD)) scripts/in-netns $(PYTHON) tests/bench/push.py

check-layers:
	scripts/check-layers src

# Each test that doc/sip-behaviour.md names exists.
check-behaviour:
	scripts/check-behaviour

# Every header compiles alone.
check-headers: $(HEADERS:%=$(BUILD)/%.ok)
$(BUILD)/%.h.ok: %.h $(BUILD)/flags
	@mkdir -p $(@D)
	$(call QUIET,HDR)$(CXX) $(filter-out -MMD -MP,$(ALL_CXXFLAGS)) -fsyntax-only -include $< -x c++ /dev/null && touch $@

# How many requirements have a test that names them, and which have none.
requirements:
	scripts/requirements

# Installs what is missing (as root) before anything asks pkg-config; then all the tests.
check:
	scripts/install-deps check
	+$(MAKE) --no-print-directory check-all
# Last and alone: the peers' own timers do not mind what a compiler beside them would do to them.
check-all: check-layers check-behaviour check-unit check-loopback check-fuzz-corpus check-manuals simulate
	+$(MAKE) --no-print-directory check-system
	+$(MAKE) --no-print-directory check-package

# The built programs against real peers, in a network namespace of their own.
check-system: all
	WAKELINE_BUILD=$(abspath $(BUILD)) scripts/in-netns $(PYTHON) -m pytest -q tests/system

# One call to a sleeping phone, shown.
demo:
	scripts/install-deps demo
	+$(MAKE) --no-print-directory all
	WAKELINE_BUILD=$(abspath $(BUILD)) scripts/demo

deps:
	scripts/install-deps all

# conf/wakeline.yaml and a part of wakeline.yaml(5) come from the table of settings.
regenerate: all
	WAKELINE_BUILD=$(abspath $(BUILD)) scripts/regenerate
check-manuals: all
	WAKELINE_BUILD=$(abspath $(BUILD)) scripts/regenerate --check
	mandoc -Tlint -Wwarning man/*

# A configuration that is there already is never touched. Empty directories (unitdir= sysusersdir=) are left out, and
# all= installs what is built already.
all = all
install: $(all)
	$(INSTALL) -d $(addprefix $(DESTDIR),$(sbindir) $(bindir) $(mandir)/man1 $(mandir)/man5 $(mandir)/man7 $(mandir)/man8 \
		$(sysconfdir)/wakeline $(docdir)/examples $(completionsdir) $(unitdir) $(sysusersdir))
	$(INSTALL) $(BUILD)/wakeline $(DESTDIR)$(sbindir)
	$(INSTALL) $(BUILD)/wakelinectl $(DESTDIR)$(bindir)
	$(INSTALL) -m 644 man/wakelinectl.1 $(DESTDIR)$(mandir)/man1
	$(INSTALL) -m 644 man/wakeline.yaml.5 $(DESTDIR)$(mandir)/man5
	$(INSTALL) -m 644 man/wakeline-tutorial.7 $(DESTDIR)$(mandir)/man7
	$(INSTALL) -m 644 man/wakeline.8 $(DESTDIR)$(mandir)/man8
	$(INSTALL) -m 644 README.md doc/push-payload.md $(DESTDIR)$(docdir)
	$(INSTALL) -m 644 conf/wakeline.yaml conf/wakeline.logrotate conf/examples/*.yaml $(DESTDIR)$(docdir)/examples
	$(INSTALL) -m 644 conf/prometheus/wakeline.rules.yml conf/grafana/wakeline.json $(DESTDIR)$(docdir)/examples
	$(INSTALL) -d $(DESTDIR)$(docdir)/examples/fail2ban
	$(INSTALL) -m 644 conf/fail2ban/*.conf $(DESTDIR)$(docdir)/examples/fail2ban
	$(INSTALL) -m 644 conf/wakelinectl.bash-completion $(DESTDIR)$(completionsdir)/wakelinectl
	test -e $(DESTDIR)$(sysconfdir)/wakeline/wakeline.yaml || \
		$(INSTALL) -m 644 conf/wakeline.yaml $(DESTDIR)$(sysconfdir)/wakeline
	test -z '$(unitdir)' || sed 's|@sbindir@|$(sbindir)|; s|@bindir@|$(bindir)|; s|@sysconfdir@|$(sysconfdir)|' \
		conf/wakeline.service.in >$(DESTDIR)$(unitdir)/wakeline.service
	test -z '$(sysusersdir)' || \
		$(INSTALL) -m 644 conf/wakeline.sysusers $(DESTDIR)$(sysusersdir)/wakeline.conf

# build/deb/wakeline_*.deb, from the files as they are here.
deb:
	scripts/install-deps package
	scripts/build-deb build/deb
	lintian --fail-on error,warning build/deb/*.changes
	ls build/deb/*.deb

# The package of what is built here, in a Debian of its own: installed, upgraded, started as its unit does, called through.
check-package: all
	WAKELINE_BUILD=$(abspath $(BUILD)) scripts/package-root $(BUILD)/package
	WAKELINE_BUILD=$(abspath $(BUILD)) scripts/in-netns $(PYTHON) -m pytest -q -rs tests/package

format:
	clang-format -i $(SOURCES) $(HEADERS) $(wildcard tests/*/*.cpp tests/*/*.h)
check-format:
	clang-format --dry-run -Werror $(SOURCES) $(HEADERS) $(wildcard tests/*/*.cpp tests/*/*.h)

clean:
	$(RM) -r build

configure: configure.ac
	autoconf

.PHONY: all bench bench-all fuzz check check-threads check-fuzz-corpus check-all check-system check-package check-manuals regenerate install deb demo deps requirements \
	check-unit check-loopback simulate check-layers check-behaviour check-headers check-format clean format FORCE
.DELETE_ON_ERROR:
.SUFFIXES:
-include $(ALL_OBJECTS:.o=.d)
