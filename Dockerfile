# The keeper alone: no sandbox, no tests, no compiler's leftovers. Build: docker build -t plimsoll .
# HEALTHCHECK is part of Docker's own format: with buildah add --format docker.
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
# The image is the pinned Node already, so the package that carries one is left out again.
# A proxy's certificate may be given as a secret named extra_ca; without one this changes nothing.
RUN --mount=type=secret,id=extra_ca \
    if [ -f /run/secrets/extra_ca ]; then export NODE_EXTRA_CA_CERTS=/run/secrets/extra_ca; fi; \
    npm ci --omit=dev --no-audit --no-fund && \
    rm -rf node_modules/node node_modules/.bin/node
COPY . .
# The executor is compiled here, so that deploy and doctor need no compiler's minute, nor a writable folder.
RUN node -e "import('/app/contracts/compile-executor.ts').then(({ compileExecutor }) => compileExecutor())"

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app /app
RUN useradd --uid 10001 --create-home --home-dir /data --shell /usr/sbin/nologin plimsoll
USER 10001
# The journal and the configuration live here: mount it.
WORKDIR /data
VOLUME /data
ENV PLIMSOLL_HTTP_HOST=0.0.0.0
EXPOSE 9464
HEALTHCHECK --interval=15s --timeout=5s --start-period=10m --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PLIMSOLL_HTTP_PORT || 9464) + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/app/src/main.ts"]
CMD ["run", "--config", "/data/plimsoll.yaml"]
