#!/usr/bin/env bash
# What can be said without running the program: style, types, layers. All of them, then the verdict.
set -uo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin failed=()

run() {
  local name=$1 output; shift
  if output=$("$@" 2>&1); then printf '✓ %s\n' "$name"; else printf '✗ %s\n%s\n' "$name" "$output"; failed+=("$name"); fi
}

run "ruff check" "$bin/ruff" check --quiet .
run "ruff format" "$bin/ruff" format --check --quiet .
run "mypy" "$bin/mypy" --no-error-summary
run "import-linter" "$bin/lint-imports" --no-cache
if [ -f capture/tsconfig.json ]; then run "tsc, recorder" npm --prefix capture run --silent check; fi
if [ -f capture/build.mjs ]; then run "recorder within its bound" npm --prefix capture run --silent build; fi
run "no circles, recorder" "$bin/python" scripts/circles.py capture/src
if [ -f dashboard/tsconfig.json ]; then run "tsc, dashboard" npm --prefix dashboard run --silent check; fi
run "no circles, dashboard" "$bin/python" scripts/circles.py dashboard/src

[ ${#failed[@]} = 0 ] || { printf 'check: failed: %s\n' "${failed[*]}" >&2; exit 1; }
