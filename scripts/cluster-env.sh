#!/usr/bin/env bash
# Writes what docker-compose.yml reads from .env: a password for the database, and the images by digest. What stands there
# already stays: the database's volume keeps the password that it was made with. To change images, delete their lines.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/packages.sh
umask 077
touch .env

known() { grep -q "^$1=" .env; }

# with_digest IMAGE:TAG: the same with the digest that the registry has for it now.
with_digest() {
  local digest
  digest=$(docker buildx imagetools inspect "$1" --format '{{.Manifest.Digest}}') &&
    [[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || return 1
  printf '%s@%s\n' "$1" "$digest"
}

known POSTGRES_PASSWORD || printf 'POSTGRES_PASSWORD=%s\n' "$(head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n')" >> .env
chmod 600 .env

while read -r name image; do
  known "$name" && continue
  have docker || { say "docker is not here: $image stays a tag until this runs where it is"; continue; }
  pinned=$(with_digest "$image") || fail "the registry tells no digest of $image"
  printf '%s=%s\n' "$name" "$pinned" >> .env
done <<'IMAGES'
NODE_IMAGE node:22-bookworm-slim
PYTHON_IMAGE python:3.11-slim-bookworm
KAFKA_IMAGE apache/kafka:4.0.0
POSTGRES_IMAGE postgres:17-alpine
IMAGES
say "Ready: docker compose up --build"
