#!/usr/bin/env bash
# All tests, and proof that all of them ran: as many must pass as were collected. Arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/packages.sh
report=$(mktemp) trap_file=$report
trap 'rm -f "$trap_file"' EXIT

# The tests run storage on a PostgreSQL of their own; Debian keeps its programs out of PATH.
have initdb || compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null ||
  apt_or_tell "PostgreSQL" postgresql

listed=$(.venv/bin/python -m pytest --collect-only -q "$@") || { printf '%s\n' "$listed" | tail -n 30 >&2; exit 1; }
collected=$(sed -nE 's/^([0-9]+) tests? collected.*/\1/p' <<<"$listed")
[ -n "$collected" ] || { echo "test: pytest collected nothing" >&2; exit 1; }
# Two at a time, a file always by one of them: each has a broker, a registry and a database of its own. In the order of
# collection: pytest-xdist would begin with the files of many tests, and end with one worker on a long one.
.venv/bin/python -m pytest -q -p xdist -n 2 --dist loadfile --no-loadscope-reorder --junitxml="$report" "$@" ||
  failed=$?
.venv/bin/python - "$report" "$collected" <<'PY'
import collections
import sys
import xml.etree.ElementTree as ElementTree

suite = ElementTree.parse(sys.argv[1]).getroot().find("testsuite")
collected = int(sys.argv[2])
passed = int(suite.attrib["tests"]) - sum(int(suite.attrib[kind]) for kind in ("failures", "errors", "skipped"))
seconds: collections.Counter[str] = collections.Counter()
for case in suite.iter("testcase"):
    seconds[case.attrib["classname"]] += float(case.attrib["time"])
print("the longest files:", ", ".join(f"{name} {took:.0f} s" for name, took in seconds.most_common(12)))
print(f"{passed} of {collected} collected tests passed")
sys.exit(passed != collected)
PY
exit "${failed:-0}"
