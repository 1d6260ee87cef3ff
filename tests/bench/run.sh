#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-only
# Prints how fast the server is beside its peers, in one run on one machine. It never fails for a figure: read docs/performance.md.
#   tests/bench/run.sh                  all figures, about a quarter of an hour
#   tests/bench/run.sh trivial list     some of them
#   BUILD=/some/release/build           takes this build instead of making build/bench
#   CPUS=0,1 RUNS=5 SECONDS_EACH=3      which cores everything shares, how many runs a median is of, how long one takes
#   ROLLS=10 TASKS=10000 POSTS=300      how often a plugin comes and goes, how many packages are made, how many delays are measured
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
for tool in wrk nginx redis-server gunicorn psql taskset; do
    command -v "$tool" >/dev/null || { echo "tests/bench/run.sh: $tool is missing: apt-get install wrk nginx-light redis-server gunicorn postgresql python3-psycopg2 python3-flask-sqlalchemy python3-sqlalchemy-utils python3-celery python3-redis util-linux" >&2; exit 2; }
done
if [ -z "${BUILD:-}" ]; then
    BUILD=$root/build/bench
    cmake -S "$root" -B "$BUILD" -DCMAKE_BUILD_TYPE=Release -G Ninja >"$root/build/bench.log" 2>&1 || { tail -20 "$root/build/bench.log" >&2; exit 1; }
    cmake --build "$BUILD" >"$root/build/bench.log" 2>&1 || { grep -m5 -E 'error|FAILED' "$root/build/bench.log" >&2; exit 1; }
fi
ulimit -n "$(ulimit -H -n)"
export PYTHONDONTWRITEBYTECODE=1
exec taskset -c "${CPUS:-0,1}" /usr/bin/python3 "$here/bench.py" "$BUILD" "$@"
