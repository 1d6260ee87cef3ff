#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-only
# The promises that chance decides, at full length: long.sh BUILD-FOLDER [ROUNDS]. What CTest runs in minutes, for an evening.
set -eu
build=${1:?usage: long.sh BUILD-FOLDER [ROUNDS]}
rounds=${2:-1000}
export QTEST_FUNCTION_TIMEOUT=86400000
QUOIN_ROLLS=100 QUOIN_SLOW_CLIENTS=200 "$build/bin/tst_rolls"
QUOIN_KILL_SECONDS=120 "$build/bin/tst_kills"
QUOIN_KILL_ROUNDS=$rounds "$build/bin/tst_crash"
QUOIN_CELERY_TASKS=20000 "$build/bin/tst_celeryfleet"
for _ in $(seq 1 $((rounds / 20))); do
    "$build/bin/tst_stop"
    "$build/bin/tst_celerybothways"
    "$build/bin/tst_celeryfleet"
    "$build/bin/tst_onedatabase"
    "$build/bin/tst_supervisor"
    "$build/bin/tst_crashingplugins"
done
