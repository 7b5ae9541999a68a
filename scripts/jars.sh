#!/usr/bin/env bash
# jars.sh FOLDER LIST: whether FOLDER holds the jars of LIST, each with the SHA-256 that stands there, and no other.
# jars.sh --write FOLDER LIST: writes LIST anew, after a change of version, for a person to look at.
set -euo pipefail
if [ "$1" = --write ]; then
  (cd "$2" && sha256sum -- *.jar) > "$3"
  exit
fi
list=$(realpath "$2")
cd "$1"
sha256sum --quiet --strict --check "$list" >&2 || exit 1
unknown=$(comm -13 <(sed 's/^[0-9a-f]*  //' "$list" | sort) <(ls -- *.jar | sort))
[ -z "$unknown" ] || { printf 'not recorded: %s\n' $unknown >&2; exit 1; }
