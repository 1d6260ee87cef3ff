#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-only
# units.sh FOLDER PROGRAM: whether systemd takes the units in FOLDER (as they are installed), and how exposed they are by its own measure.
# Exit code 77: systemd is not installed.
set -euo pipefail

folder=$1 program=$2
command -v systemd-analyze >/dev/null || { echo "install the Debian package systemd"; exit 77; }
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

# With a program that is there, systemd has nothing to say.
for unit in quoin.service quoin-worker@.service quoin.socket; do
    sed -E "s|^ExecStart=[^ ]+|ExecStart=$program|" "$folder/$unit" >"$copy/$unit"
done
said=$(cd "$copy" && systemd-analyze verify ./quoin.service ./quoin-worker@1.service ./quoin.socket 2>&1) || true
[[ -z $said ]] || fail "systemd-analyze verify: $said"

# 20: an exposure of 2.0.
threshold=20
for unit in quoin.service quoin-worker@.service; do
    report=$(systemd-analyze security --offline=yes --threshold=$threshold --no-pager "$copy/$unit") || fail "$unit is more exposed than 2.0: $report"
    echo "${report##*$'\n'}"
done
grep -v -E '^(Protect|Private|Restrict|SystemCall)' "$copy/quoin.service" >"$copy/open.service"
if systemd-analyze security --offline=yes --threshold=$threshold --no-pager "$copy/open.service" >/dev/null 2>&1; then
    fail "a unit without these lines would pass, too: the measure measures nothing"
fi

hardening() { sed -n '/^# What it does not need/,/^\[Install\]/p' "$1"; }
[[ -n $(hardening "$folder/quoin.service") ]] || fail "quoin.service does not say what it does not need"
diff <(hardening "$folder/quoin.service") <(hardening "$folder/quoin-worker@.service") || fail "the units differ in what they do not need"

grep -q "^ExecStart=/.*/bin/quoin serve$" "$folder/quoin.service" || fail "quoin.service does not start an installed program"
