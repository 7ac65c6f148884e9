# make test   what every change must pass (installs the Debian tools it needs when it may)
# make build  the static binary bin/vanban
# make bench  sign and verify against a raw signature and against pdfsign
# make fuzz   every fuzz target for FUZZTIME
# make soak   the long proofs: 200 kills under load, a 1 GB file

GO       ?= go
FUZZTIME ?= 30s
KILLS    ?= 200

.PHONY: test tools lint build bench fuzz soak clean

test: tools lint
	$(GO) test -race -timeout 25m ./...

# Tests ask independent readers about every file that is signed. As root on a
# Debian machine the missing ones are installed; elsewhere their tests skip
# (and fail when CI is set).
tools:
	@missing=; \
	for pair in pdfsig:poppler-utils qpdf:qpdf mutool:mupdf-tools openssl:openssl curl:curl /usr/bin/time:time; do \
	  command -v $${pair%%:*} >/dev/null 2>&1 || missing="$$missing $${pair##*:}"; \
	done; \
	if [ -n "$$missing" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	  echo "installing:$$missing"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	elif [ -n "$$missing" ]; then \
	  echo "not installed, tests that need them will skip:$$missing"; \
	fi

lint:
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "gofmt needed:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

build:
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w" -o bin/vanban ./cmd/vanban

bench:
	$(GO) test -run '^$$' -bench . -benchmem ./...

fuzz:
	.ci/fuzz $(FUZZTIME) $$($(GO) list ./...)

soak: tools build
	VANBAN_KILLS=$(KILLS) $(GO) test -count=1 -timeout 60m -v -run 'TestKill' ./cmd/vanban
	VANBAN_BIG=1 $(GO) test -count=1 -timeout 30m -v -run 'TestOneGigabyte' ./cmd/vanban

clean:
	rm -rf bin
