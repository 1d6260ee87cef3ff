#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-only
# README.md's chapter "Scaling" at full length: topology.sh [BUILD-FOLDER] [ROUNDS]. As root, for network namespaces. Builds nothing.
# Hosts are cut off for QUOIN_CUT_SECONDS, 30 unless told: longer than every lease, and than PostgreSQL and we wait for each other.
set -eu
build=${1:-build/tests}
rounds=${2:-1}
[ -x "$build/bin/tst_topology" ] || { echo "there are no tests in $build: build them first (tests/run.sh)" >&2; exit 1; }
[ "$(id -u)" = 0 ] || { echo "network namespaces need root" >&2; exit 1; }
export QUOIN_CUT_SECONDS="${QUOIN_CUT_SECONDS:-30}" QTEST_FUNCTION_TIMEOUT=86400000
for _ in $(seq 1 "$rounds"); do
    "$build/bin/tst_topology"
    "$build/bin/tst_topologycuts"
    [ ! -x "$build/bin/tst_topologypromises" ] || "$build/bin/tst_topologypromises"
done
