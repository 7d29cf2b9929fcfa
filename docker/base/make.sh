#!/usr/bin/env bash
# Writes a base image's files as a tar, made from Debian's own packages, for machines without an
# image registry.
# Usage: make.sh FILE    (Debian or Ubuntu, root; about 30 s)
set -euo pipefail

fail() {
    printf 'base image: %s\n' "$*" >&2
    exit 3
}
[ "$(id -u)" = 0 ] || fail "no registry answers and debootstrap takes root: run as root, or pull debian:bookworm-slim yourself"
if ! command -v debootstrap >/dev/null; then
    command -v apt-get >/dev/null || fail "no registry answers, and neither debootstrap nor apt-get is here: pull debian:bookworm-slim by hand"
    apt-get update -qq >/dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends debootstrap >/dev/null
fi
file=$(realpath "$1")
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
debootstrap --variant=minbase bookworm "$root" >"$root.log" 2>&1 || {
    tail -n 5 "$root.log" >&2
    rm -f "$root.log"
    fail "debootstrap failed; its last lines are above"
}
rm -f "$root.log"
# What debian:*-slim leaves out too: downloaded packages, manuals and translations.
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* \
    "$root"/usr/share/{doc,man,info,locale}/*
# What they set, too: an image that is not built to its end is thrown away, so nothing has to be on the
# disk before; and nobody reads translated descriptions of packages.
echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/docker-apt-speedup"
echo 'Acquire::Languages "none";' >"$root/etc/apt/apt.conf.d/docker-no-languages"
tar -C "$root" --numeric-owner -c -f "$file" .
