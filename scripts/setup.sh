#!/usr/bin/env bash
# Installs all that journeywright needs into this folder, and nothing twice: each step leaves a stamp that names its
# input. Says in one line what is missing and how to get it where it can't be installed from here.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/packages.sh

STAMPS=.venv/.stamps
BEGAN=$SECONDS

digest() { cat "$@" | sha256sum | cut -c1-16; }

# The interpreter that PYTHON names; else the first of a version that we run on, at best one that was built to be fast:
# by its own word, or as systems build theirs. One that was not (pyenv's, unless it is told to) takes a fifth more time.
find_python() {
  local candidate wanted found=(python3.11 /usr/bin/python3.11 python3.12 /usr/bin/python3.12 python3 /usr/bin/python3)
  [ -z "${PYTHON:-}" ] || found=("$PYTHON")
  for wanted in fast any; do
    for candidate in "${found[@]}"; do
      if have "$candidate" && "$candidate" -c "$USABLE" "$wanted" 2>/dev/null; then echo "$candidate"; return; fi
    done
  done
}
USABLE='
import sys, sysconfig
fast = sys.base_prefix == "/usr" or "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")
if sys.argv[1] == "fast":
    import ensurepip
sys.exit(not ((3, 11) <= sys.version_info < (3, 13) and (fast or sys.argv[1] == "any")))
'

python_environment() {
  local python stamp version
  stamp=$STAMPS/python-$(digest requirements.lock pyproject.toml)
  [ -e "$stamp" ] && [ -x .venv/bin/journeywright ] && return
  python=$(find_python)
  if [ -z "$python" ]; then apt_or_tell "Python 3.11" python3 python3-venv; python=$(find_python); fi
  [ -n "$python" ] || fail "Python 3.11 or 3.12 is needed: install one (pyenv install 3.11), or name it with PYTHON="
  if ! .venv/bin/python -c pass 2>/dev/null; then
    say "Making .venv with $("$python" --version) ($(command -v "$python"))"
    "$python" -c 'import ensurepip' 2>/dev/null || apt_or_tell "Python's venv module" python3-venv
    "$python" -m venv .venv
  fi
  mkdir -p "$STAMPS"
  version=$(sed -nE 's/^uv==([^ ]+).*/\1/p' scripts/uv.lock)
  if ! .venv/bin/uv --version 2>/dev/null | grep -qF " $version"; then
    say "Installing uv $version"
    .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r scripts/uv.lock
  fi
  say "Installing the locked Python packages (the first time some 3 GB, most of it PyTorch)"
  .venv/bin/uv pip install -q --python .venv/bin/python --require-hashes --compile-bytecode -r requirements.lock
  # What builds it was locked with the others: nothing is fetched here.
  .venv/bin/uv pip install -q --python .venv/bin/python --no-deps --no-build-isolation -e .
  rm -f "$STAMPS"/python-*; touch "$stamp"
}

# built_with_npm FOLDER NAME RESULT: builds what lies in a folder with a package of its own, where its sources changed.
built_with_npm() {
  local folder=$1 name=$2 result=$3 stamp
  [ -f "$folder/package.json" ] || return 0
  stamp=$STAMPS/$folder-$(find "$folder" \( -name node_modules -o -name generated \) -prune -o -type f -print0 | sort -z |
    xargs -0 cat | sha256sum | cut -c1-16)
  [ -e "$stamp" ] && [ -e "$result" ] && return
  have node && have npm || apt_or_tell "Node.js with npm" nodejs npm
  node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 18 ? 1 : 0)' ||
    fail "Node.js 18 or newer is needed, $(node --version) is here: get one from your system or by nvm"
  say "Building the $name"
  quietly npm --prefix "$folder" ci --no-audit --no-fund --loglevel=error --no-update-notifier &&
    quietly npm --prefix "$folder" run --silent build || fail "the $name can't be built: npm says why, above"
  [ -e "$result" ] || fail "the $name's build left no $result"
  rm -f "$STAMPS/$folder"-*; touch "$stamp"
}

kafka_jars() {
  local stamp
  [ -n "${JOURNEYWRIGHT_BROKERS:-}" ] && return
  have java || apt_or_tell "Java 17 or newer" default-jre-headless
  stamp=$STAMPS/kafka-$(digest pom.xml scripts/kafka-jars.sha256)
  [ -e "$stamp" ] && ls .kafka-jars/kafka_2.13-*.jar >/dev/null 2>&1 && return
  have mvn || apt_or_tell "Maven" maven
  say "Fetching Apache Kafka's jars"
  rm -rf .kafka-jars
  quietly mvn -q -B -C --no-transfer-progress dependency:copy-dependencies -DoutputDirectory="$PWD/.kafka-jars" \
    -DincludeScope=runtime || fail "Maven could not fetch Kafka: it says why, above; or set JOURNEYWRIGHT_BROKERS"
  scripts/jars.sh .kafka-jars scripts/kafka-jars.sha256 || fail "what Maven brought is not what was recorded"
  rm -f "$STAMPS"/kafka-*; touch "$stamp"
}

browsers() {
  # The one without windows starts at a quarter of the cost; the full one is for `record`, where somebody looks on.
  if have apt-get && [ "$(id -u)" = 0 ] && [ -z "${CHROMIUM:-}" ]; then
    have chromium || have google-chrome || apt_or_tell "Chromium" chromium
    have chromium-headless-shell || (apt_or_tell "Chromium without windows" chromium-headless-shell) ||
      say "the full Chromium will do"
  fi
  .venv/bin/journeywright doctor --only browser >/dev/null 2>&1 && return
  say "Installing Chromium"
  if have apt-get && [ "$(id -u)" = 0 ]; then
    apt_or_tell "Chromium" chromium
  else
    .venv/bin/playwright install chromium ||
      fail "no Chromium: install one (Debian: sudo apt-get install chromium), or name it with CHROMIUM="
  fi
}

python_environment
built_with_npm capture recorder agents/web/static/capture.js
built_with_npm dashboard dashboard agents/web/static/dashboard/index.html
kafka_jars
browsers
say "Ready: .venv/bin/journeywright ($((SECONDS - BEGAN)) s)"
