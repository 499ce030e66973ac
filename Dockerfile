# The keeper alone: no sandbox, no tests, no compiler's leftovers. Build: docker build -t plimsoll .
# HEALTHCHECK is part of Docker's own format: with buildah add --format docker.
ARG NODE_IMAGE=node:24-bookworm-slim
ARG BASE_IMAGE=debian:bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
# The image is the pinned Node already, so the package that carries one is left out again. What only a compiler of
# TypeScript or a debugger reads is left out too.
# A proxy's certificate may be given as a secret named extra_ca; without one this changes nothing.
RUN --mount=type=secret,id=extra_ca \
    if [ -f /run/secrets/extra_ca ]; then export NODE_EXTRA_CA_CERTS=/run/secrets/extra_ca; fi; \
    npm ci --omit=dev --no-audit --no-fund && \
    rm -rf node_modules/node node_modules/.bin/node node_modules/ethers/dist node_modules/ethers/src.ts && \
    find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.md' \) -delete
COPY . .
# The executor is compiled here, so that deploy and doctor need no compiler's minute, nor a writable folder.
RUN node -e "import('/app/contracts/compile-executor.ts').then(({ compileExecutor }) => compileExecutor())" && \
    rm node_modules/solc/soljson.js && \
    cp "$(command -v node)" /usr/local/bin/plimsoll-node

FROM ${BASE_IMAGE}
COPY --from=build /usr/local/bin/plimsoll-node /usr/local/bin/node
COPY --from=build /app /app
# Where this Node lacks a library of the base, the build ends here.
RUN node --version && useradd --uid 10001 --create-home --home-dir /data --shell /usr/sbin/nologin plimsoll && \
    install --directory --owner 10001 /app/.cache/compiled
ENV NODE_ENV=production
ENV PLIMSOLL_HTTP_HOST=0.0.0.0
ENV NODE_COMPILE_CACHE=/app/.cache/compiled
USER 10001
# Half of a start is reading the sources: done here, for this user. Another one starts without.
RUN node /app/src/main.ts help > /dev/null
# The journal and the configuration live here, and nothing is written anywhere else: mount it. The rest may be read-only.
WORKDIR /data
VOLUME /data
EXPOSE 9464
HEALTHCHECK --interval=30s --timeout=5s --start-period=10m --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PLIMSOLL_HTTP_PORT || 9464) + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Sends nothing new, follows what was sent to its end, closes the journal: give it stop_grace_period.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/app/src/main.ts"]
CMD ["run", "--config", "/data/plimsoll.yaml"]
