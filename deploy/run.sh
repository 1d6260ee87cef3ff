#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-only
# From a fresh Debian 12 or 13 to a running server: installs what is missing, builds, serves http://127.0.0.1:5000 with its data in ./var.
# Arguments go to `quoin serve`: deploy/run.sh --http.listen 127.0.0.1:8080
set -euo pipefail
cd "$(dirname "$0")/.."
. deploy/common.sh

quoin=build/release/bin/quoin

answers() {
    local address=$1 host port
    host=${address%:*} port=${address##*:}
    host=${host#[} host=${host%]}
    (: <"/dev/tcp/$host/$port") 2>/dev/null
}

# Waits in the background until the server answers, then says what to try. The shell becomes the server, so that its process is ours.
announce() {
    local server=$1 address=$2
    for _ in {1..300}; do
        sleep 0.1
        kill -0 "$server" 2>/dev/null || return 0
        answers "$address" || continue
        kill -0 "$server" 2>/dev/null || return 0
        cat <<EOF

Quoin is running. In another terminal:

  curl http://$address/
  curl -X POST -H 'Content-Type: application/json' -d '{"title":"The Kitab al-Jabr","year":820}' http://$address/record
  curl http://$address/record

Ctrl+C ends it.

EOF
        return 0
    done
}

install_packages "${build_packages[@]}"
build release -DCMAKE_BUILD_TYPE=Release -DQUOIN_TESTS=OFF

export QUOIN_DATA_DIR=${QUOIN_DATA_DIR:-$PWD/var}
# The first address as the server itself understands file, environment and arguments; if they are wrong, it is the one to say so.
address=$("$quoin" config --json "$@" 2>/dev/null | sed -n '/"key": "http.listen"/,/}/s/.*"value": "\([^",]*\).*/\1/p') || address=
# Who answers already is another program: the server will say that the address is taken.
if [[ -n $address && $address != *:0 ]] && ! answers "$address"; then
    announce $$ "$address" &
fi
exec "$quoin" serve "$@"
