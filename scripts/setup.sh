#!/usr/bin/env bash
# Installs what the build and the package clients need. Says exactly what to
# install where it may not do so itself. Does nothing if all is there.
set -euo pipefail

missing=()
have() { command -v "$1" >/dev/null 2>&1; }

have cc || missing+=(gcc libc6-dev)
have python3 || missing+=(python3)
python3 -m pip --version >/dev/null 2>&1 || have pip || missing+=(python3-pip)
have npm || missing+=(npm)

if ! have cargo; then
  echo "a Rust toolchain is needed (cargo was not found): install Rust 1.95 or later" >&2
  exit 1
fi
version=$(rustc --version | sed -E 's/^rustc ([0-9]+)\.([0-9]+).*/\1 \2/')
read -r major minor <<<"$version"
if ((major < 1 || (major == 1 && minor < 95))); then
  echo "Rust 1.95 or later is needed, this is $(rustc --version): run 'rustup update stable'" >&2
  exit 1
fi

((${#missing[@]} == 0)) && exit 0

as_root=()
if ((EUID != 0)); then
  if have sudo && sudo -n true 2>/dev/null; then as_root=(sudo -n); else as_root=(none); fi
fi
if ! have apt-get || [[ ${as_root[0]:-} == none ]]; then
  echo "these packages are needed: ${missing[*]}" >&2
  echo "install them, on Debian and Ubuntu with: sudo apt-get install ${missing[*]}" >&2
  exit 1
fi
echo "installing ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
