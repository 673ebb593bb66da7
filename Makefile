# Everything a newcomer needs: make demo, make test, make build, make run. What is missing of the
# machine's Debian packages is installed first, by name.

BUILD := build
JOBS := $(shell nproc)
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
PACKAGES := $(shell sed 's/\#.*//' .ci/deps)
SOURCES = $(shell find config crawlers daemon storage tests -name '*.h' -o -name '*.cpp')

# $(call ensure,PACKAGES): installs those that are not installed, and asks nobody if none is.
define ensure
@missing=; for package in $(1); do \
  dpkg-query -W -f='$${db:Status-Status}\n' $$package 2>/dev/null | grep -qx installed \
    || missing="$$missing $$package"; \
done; \
if [ -n "$$missing" ]; then \
  echo "installing Debian packages:$$missing"; \
  $(SUDO) apt-get update -q && \
  $(SUDO) env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends $$missing; \
fi
endef

.PHONY: help build test demo run load soak format format-check tidy asan clean packages configure

help:
	@echo 'make demo     simulated networks and the daemon against them, 30 s, with a verdict'
	@echo 'make test     builds and runs every test'
	@echo 'make build    build/bin/tagscoutd and build/bin/tagscout'
	@echo 'make run      the daemon on public networks, as config/tagscout.toml says'
	@echo 'make load     the load run: minutes, and all of the machine'
	@echo 'make soak     a million requests over loopback, faults among them: what leaks?'
	@echo 'make format   formats every source; format-check only looks'
	@echo 'make tidy     clang-tidy over every source'
	@echo 'make asan     every test with AddressSanitizer and UndefinedBehaviorSanitizer'
	@echo 'make clean    removes what was built'

packages:
	$(call ensure,$(PACKAGES))

configure: packages
	cmake --preset release

build: configure
	cmake --build $(BUILD) --target tagscoutd tagscout

test: configure
	cmake --build $(BUILD)
	@status=0; ctest --test-dir $(BUILD) -j $(JOBS) --output-on-failure --no-tests=error \
	  || status=$$?; tests/skips.sh $(BUILD)/Testing/Temporary/LastTest.log; exit $$status

demo: configure
	cmake --build $(BUILD) --target tagscoutd tagscout tagscout-testnet tagscout-demo
	@$(BUILD)/bin/tagscout-demo

run: build
	@mkdir -p var
	@$(BUILD)/bin/tagscoutd --config config/tagscout.toml \
	  --set daemon.state_dir=./var/lib --set daemon.runtime_dir=./var/run

load: configure
	cmake --build $(BUILD) --target tagscoutd tagscout-testnet tagscout-load
	@$(BUILD)/bin/tagscout-load

soak: configure
	cmake --build $(BUILD) --target http_soak
	@$(BUILD)/bin/http_soak

format:
	$(call ensure,clang-format)
	@clang-format -i $(SOURCES)

format-check:
	$(call ensure,clang-format)
	@clang-format --dry-run --Werror $(SOURCES)

tidy: configure
	$(call ensure,clang-tidy clang-tools)
	run-clang-tidy -quiet -p $(BUILD) -j $(JOBS)

asan: packages
	cmake --preset asan
	cmake --build --preset asan
	ctest --preset asan -j $(JOBS)

clean:
	rm -rf $(BUILD)
