# The workers and the command line. For linux/amd64: faust-streaming has no Linux aarch64 wheel.
#   docker build -t lead-router .
#   docker run --rm lead-router --help
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build

# What running needs changes seldom, so it is a layer of its own. Wheels only: nothing is compiled, nothing unlocked is run.
COPY requirements/run.txt requirements/build.txt requirements/
RUN python -m venv /opt/lead-router \
 && /opt/lead-router/bin/pip install --only-binary :all: --require-hashes -r requirements/run.txt \
 && python -m venv /opt/builder \
 && /opt/builder/bin/pip install --only-binary :all: --require-hashes -r requirements/build.txt

COPY pyproject.toml README.md ./
COPY workers workers
COPY schemas schemas
COPY policy policy
RUN /opt/builder/bin/pip wheel --no-deps --no-build-isolation --wheel-dir wheels . \
 && /opt/lead-router/bin/pip install --no-deps --no-index wheels/*.whl

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home --home-dir /var/lib/lead-router --shell /usr/sbin/nologin lead-router \
 && install -d -o 10001 -g lead-router -m 0750 /var/lib/lead-router
COPY --from=build /opt/lead-router /opt/lead-router
# The working directory is where `policy`, `lead-router.toml` and `.env` are looked for; mount yours over them.
COPY policy /etc/lead-router/policy
WORKDIR /etc/lead-router
ENV PATH=/opt/lead-router/bin:$PATH \
    HOME=/var/lib/lead-router \
    PYTHONUNBUFFERED=1 \
    LEAD_ROUTER_DATA_DIR=/var/lib/lead-router \
    LEAD_ROUTER_LOG_FORMAT=json \
    LEAD_ROUTER_METRICS_PORT=9464
# By number, so that an orchestrator can see that it is not root.
USER 10001
# State that can be rebuilt from Kafka; kept, a restart takes seconds. One volume for one worker.
VOLUME ["/var/lib/lead-router"]
# A worker finishes the batch in hand, commits and leaves the group within 10 s.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-I", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ['LEAD_ROUTER_METRICS_PORT']}/metrics\", timeout=3).read()"]
ENTRYPOINT ["lead-router"]
CMD ["worker"]
