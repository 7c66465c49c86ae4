# The workers and the command line. For linux/amd64: faust-streaming has no Linux aarch64 wheel.
#   docker build -t lead-router .
#   docker run --rm lead-router --help
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build

# The packages change rarely, so they have a layer of their own. Wheels only: nothing is compiled, and no unlocked code runs.
COPY requirements/run.txt requirements/build.txt requirements/
RUN python -m venv /opt/lead-router \
 && /opt/lead-router/bin/pip install --only-binary :all: --require-hashes -r requirements/run.txt \
 && python -m venv /opt/builder \
 && /opt/builder/bin/pip install --only-binary :all: --require-hashes -r requirements/build.txt

COPY pyproject.toml README.md ./
COPY workers workers
COPY schemas schemas
COPY policy policy
COPY sources sources
RUN /opt/builder/bin/pip wheel --no-deps --no-build-isolation --wheel-dir wheels . \
 && /opt/lead-router/bin/pip install --no-deps --no-index wheels/*.whl

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home --home-dir /var/lib/lead-router --shell /usr/sbin/nologin lead-router \
 && install -d -o 10001 -g lead-router -m 0750 /var/lib/lead-router
COPY --from=build /opt/lead-router /opt/lead-router
# The working directory is searched for `policy`, `lead-router.toml` and `.env`. Mount your own files over them.
COPY policy /etc/lead-router/policy
WORKDIR /etc/lead-router
ENV PATH=/opt/lead-router/bin:$PATH \
    HOME=/var/lib/lead-router \
    PYTHONUNBUFFERED=1 \
    LEAD_ROUTER_DATA_DIR=/var/lib/lead-router \
    LEAD_ROUTER_CONSOLE_DIR=/var/lib/lead-router/console \
    LEAD_ROUTER_LOG_FORMAT=json \
    LEAD_ROUTER_METRICS_PORT=9464
# A number, so that an orchestrator can check that the user is not root.
USER 10001
# The state can be rebuilt from Kafka. With a kept volume a restart takes seconds. Each worker needs its own volume.
VOLUME ["/var/lib/lead-router"]
# A worker finishes the current batch, commits and leaves the group within 10 s.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-I", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ['LEAD_ROUTER_METRICS_PORT']}/livez\", timeout=3).read()"]
ENTRYPOINT ["lead-router"]
CMD ["worker"]
