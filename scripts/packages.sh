# What the scripts share: how they speak, and how they get what is missing. To be sourced.

say() { printf '· %s\n' "$*"; }
fail() { printf '%s: %s\n' "$(basename "$0" .sh)" "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# quietly COMMAND…: its output is shown only where it fails.
quietly() {
  local output
  output=$("$@" 2>&1) || { printf '%s\n' "$output" | tail -n 15 >&2; return 1; }
}

# apt_or_tell NAME PACKAGE…: installs Debian packages as root, or says how.
apt_or_tell() {
  local name=$1; shift
  if have apt-get && [ "$(id -u)" = 0 ]; then
    say "Installing $name (apt-get install $*)"
    { quietly apt-get update -qq &&
      quietly env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } ||
      fail "$name could not be installed by 'apt-get install $*': install it by hand"
  else
    fail "$name is missing: install it (Debian: sudo apt-get install $*)"
  fi
}
