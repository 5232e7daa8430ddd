#!/bin/sh
# Builds the executable that runs on any Linux of the last ten years, whatever it has installed: no library beside it,
# its time zones inside, its own look-up of names. Installs what the build needs on Debian; run as root for that.
#
#   install/build-static.sh       prints where the executable is
set -eu
cd "$(dirname "$0")/.."

machine=$(uname -m)
target=$machine-unknown-linux-musl
if ! command -v musl-gcc > /dev/null; then
    apt-get update -q
    apt-get install -y -q --no-install-recommends musl-tools
fi
rustup target list --installed | grep -q "^$target\$" || rustup target add "$target"
# The C parts (SQLite, Zstandard, the cryptography) with musl's headers; linked by rustc itself, for musl-gcc as a linker
# makes an executable that dies at its start.
variable=CC_$(echo "$target" | tr - _)
env "$variable=musl-gcc" cargo build --locked --release --target "$target"
folder=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
echo "$folder/$target/release/erp-interventions"
