# Every target installs what it needs: Node 24 comes with the npm packages, whatever Node runs npm.
NODE := node_modules/.bin/node
BIN := node_modules/.bin
MOCHA := $(NODE) node_modules/mocha/bin/mocha.js
COVERAGE := .cache/coverage
RELEASE := .cache/release
EXECUTABLE := .cache/executable
SITE := .cache/site
ROUNDS := 5
FACTOR := 1
# Of the documentation: which version it is of, and the folder of the server where its versions are.
VERSION := main
BASE := /
REPOSITORY := dependency-gate/dependency-gate
.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

node_modules: package.json package-lock.json
	npm ci --no-fund --no-audit --loglevel=error
	@touch node_modules

dist: node_modules build.ts package.json $(shell find src .release -name '*.ts')
	$(NODE) build.ts
	@touch dist

.PHONY: build
build: dist ## Build dist/: the operator and, apart from it, the small program of the init containers

.PHONY: executable
executable: node_modules ## Make kubectl-dgate, one file that needs no Node, for this platform, and its archive
	$(NODE) .release/executable.ts $(EXECUTABLE)

.PHONY: demo
demo: dist ## Tell the whole story on the embedded sandbox: ends by itself, within 30 s
	$(NODE) dist/dependency-gate.js sandbox --demo config/samples/story

.PHONY: sandbox
sandbox: dist ## Start the embedded sandbox with the operator, and print the kubeconfig to use
	$(NODE) dist/dependency-gate.js sandbox

.PHONY: generate
generate: node_modules ## Write crds/, config/chart and docs/reference/api.md anew from the schema
	$(NODE) src/api/generate.ts

.PHONY: lint
lint: node_modules ## Check types, lint rules, format, and that generated files are up to date
	$(BIN)/tsc --project .
	$(BIN)/biome check --error-on-warnings .
	$(NODE) src/api/generate.ts --check

.PHONY: format
format: node_modules ## Format the source
	$(BIN)/biome check --write .

.PHONY: test
ifdef FILE
test: dist
	$(MOCHA) $(FILE)
else
test: dist lint ## Run every tier that can run here, and last count the tests; FILE=… runs only these
	$(NODE) test/run.ts
endif

.PHONY: test-unit
test-unit: node_modules ## Run the tests that need no cluster, within a minute; builds nothing
	$(NODE) test/run.ts --no-build unit

.PHONY: coverage
coverage: node_modules ## Tell which lines the unit tests run, with a page for each file in .cache/coverage
	$(NODE) $(BIN)/c8 --all --src src --include 'src/**/*.ts' --temp-directory $(COVERAGE)/raw \
	  --reporter text-summary --reporter html --reports-dir $(COVERAGE) $(NODE) test/run.ts --no-build unit

.PHONY: test-versions
test-versions: dist ## Run the tier of the real API server on every release of Kubernetes that is supported
	$(NODE) test/run.ts versions

.PHONY: bench
bench: dist ## Measure: the waiter against bare Node
	$(NODE) test/bench/waiter.ts

.PHONY: e2e
e2e: dist ## Run the tests of the real node only: Linux, root and Go
	$(NODE) test/run.ts node

.PHONY: bench-cluster
bench-cluster: dist cluster-build ## Measure on real Kubernetes: admission, handover, protobuf against JSON, and (as root) from a Service to the app's start, and opening
	$(NODE) test/bench/admission.ts
	$(NODE) test/bench/first-starts.ts
	$(NODE) test/bench/handover.ts
	$(NODE) test/bench/latency.ts
	$(NODE) test/bench/opening.ts
	$(NODE) test/bench/protobuf.ts

.PHONY: bench-operator
bench-operator: dist cluster-build ## Measure the operator against the same job with controller-runtime, on a real API server: ROUNDS=5 FACTOR=1
	$(NODE) test/bench/operator.ts $(ROUNDS) $(FACTOR)

# kubectl and helm: those of the cluster tests, else the machine's. Without DIGEST, the image of the version of this commit.
.PHONY: release-files
release-files: export PATH := $(CURDIR)/.cache/cluster/bin:$(PATH)
release-files: ## Write what a release has besides its image to .cache/release: IMAGE=… DIGEST=sha256:… name that
	rm -rf $(RELEASE) && mkdir -p $(RELEASE)/from && cp -R config crds $(RELEASE)/from
ifdef DIGEST
	sed -i.bak -e 's|newName: .*|newName: $(IMAGE)|' -e 's|newTag: .*|digest: $(DIGEST)|' $(RELEASE)/from/config/operator/kustomization.yaml
	sed -i.bak -e 's|^  repository: .*|  repository: $(IMAGE)|' -e 's|^  digest: .*|  digest: $(DIGEST)|' $(RELEASE)/from/config/chart/values.yaml
	rm $(RELEASE)/from/config/chart/values.yaml.bak
endif
	kubectl kustomize $(RELEASE)/from/config/default > $(RELEASE)/install.yaml
	kubectl kustomize $(RELEASE)/from/config/without-admission > $(RELEASE)/install-without-admission.yaml
	kubectl kustomize $(RELEASE)/from/crds > $(RELEASE)/dependencygates.yaml
	helm package $(RELEASE)/from/config/chart --destination $(RELEASE)
	rm -r $(RELEASE)/from

.PHONY: docs
docs: node_modules .site/node_modules ## Build the documentation's site, with a folder of its version, in .cache/site
	$(BIN)/tsc --project .site
	VERSION='$(VERSION)' BASE='$(BASE)' $(NODE) .site/node_modules/vitepress/bin/vitepress.js build .site
	$(NODE) .site/versions.ts $(SITE)

.PHONY: docs-serve
docs-serve: docs ## Build the documentation's site, and show it at localhost:4173 until Ctrl-C
	$(NODE) .site/node_modules/vite/bin/vite.js preview .site --outDir $(CURDIR)/$(SITE)

.site/node_modules: .site/package.json .site/package-lock.json
	npm ci --prefix .site --ignore-scripts --no-fund --no-audit --loglevel=error
	@touch .site/node_modules

.PHONY: bill-of-materials
bill-of-materials: node_modules ## Write what the program is made of to .cache/release, as CycloneDX
	mkdir -p $(RELEASE)
	$(NODE) .release/bill-of-materials.ts > $(RELEASE)/dependency-gate.cdx.json

# From the archives that make executable left, on each platform.
.PHONY: release-plugin
release-plugin: node_modules ## Write the plugin's archives and krew's manifest to .cache/release: REPOSITORY=owner/name has them
	mkdir -p $(RELEASE)
	cp $(EXECUTABLE)/*.tar.gz $(RELEASE)
	$(NODE) .release/krew-manifest.ts $(RELEASE) $(REPOSITORY)

.PHONY: cluster-build
cluster-build: node_modules ## Build the real Kubernetes components for the tests (Go; cached)
	$(NODE) test/cluster/build.ts control-plane
	$(NODE) test/cluster/build.ts node
	$(NODE) test/cluster/build.ts node-services
	$(NODE) test/cluster/build.ts tools

.PHONY: cluster
cluster: node_modules ## Start a real control plane to try things on; stays until Ctrl-C
	$(NODE) test/cluster/run.ts

.PHONY: clean
clean: ## Remove what was built (not the cached Kubernetes components)
	rm -rf dist $(SITE)
