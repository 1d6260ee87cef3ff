#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-only
# The promises that chance decides, at full length: long.sh BUILD-FOLDER [ROUNDS]. What CTest runs in a minute, for an evening.
set -eu
build=${1:?usage: long.sh BUILD-FOLDER [ROUNDS]}
rounds=${2:-1000}
QUOIN_KILL_ROUNDS=$rounds QTEST_FUNCTION_TIMEOUT=86400000 "$build/bin/tst_crash"
for _ in $(seq 1 $((rounds / 20))); do
    "$build/bin/tst_stop"
done
