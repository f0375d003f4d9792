# The build runs on the builder's own platform: what it makes is JavaScript, the same on all.
FROM --platform=$BUILDPLATFORM node:24-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6 AS build
WORKDIR /src
# No install scripts: they would fetch a Node of their own, and this image is one.
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY build.ts tsconfig.json ./
COPY .release ./.release
COPY src ./src
RUN node build.ts

# Node and what it links to: no shell, no package manager.
FROM gcr.io/distroless/nodejs24-debian12:nonroot@sha256:14d42e2511532589a7c7e01a753667a74fcc96266e137e8125006b87b0c32d0a
LABEL org.opencontainers.image.title="dependency-gate" \
      org.opencontainers.image.description="The Dependency Gate operator, and the program of its init containers" \
      org.opencontainers.image.licenses="Apache-2.0"
# package.json says that the files are ES modules.
COPY LICENSE package.json /app/
COPY --from=build /src/dist/ /app/
# By number, so that the kubelet can see that it is not root (runAsNonRoot).
USER 65532:65532
# Init containers and the operator set `args` only.
ENTRYPOINT ["/nodejs/bin/node", "/app/dependency-gate.js"]
