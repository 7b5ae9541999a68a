# journeywright as an image: recorder and dashboard are built, the locked packages are installed, a worker runs as a user of its own.
# Chromium, Java and Kafka's jars are not in it: a worker needs none of them.

# By digest, from .env, which scripts/cluster-env.sh writes: a tag can be another image tomorrow.
ARG NODE_IMAGE=node:22-bookworm-slim
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

FROM ${NODE_IMAGE} AS recorder
WORKDIR /src/capture
COPY capture/package.json capture/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY capture/ ./
RUN mkdir -p ../agents/web/static && npm run build

FROM ${NODE_IMAGE} AS dashboard
WORKDIR /src/dashboard
COPY dashboard/package.json dashboard/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY dashboard/ ./
RUN npm run build

FROM ${PYTHON_IMAGE} AS program
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md ./
COPY schemas/ schemas/
COPY pipeline/ pipeline/
COPY agents/ agents/
COPY --from=recorder /src/agents/web/static/capture.js /src/agents/web/static/capture.js.br agents/web/static/
COPY --from=dashboard /src/agents/web/static/dashboard/ agents/web/static/dashboard/
RUN pip install --no-deps --no-build-isolation . \
 && useradd --create-home --uid 10001 journeywright \
 && install -d -o journeywright /data
USER journeywright
# Beyond loopback a worker starts with keys (JOURNEYWRIGHT_API_KEYS), or with JOURNEYWRIGHT_WEB_OPEN=true, and not else.
ENV JOURNEYWRIGHT_DATA=/data JOURNEYWRIGHT_WEB_HOST=0.0.0.0
VOLUME /data
EXPOSE 6066
HEALTHCHECK --interval=10s --timeout=3s --start-period=90s --retries=6 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:6066/readyz', timeout=2)"]
ENTRYPOINT ["journeywright"]
CMD ["worker"]
