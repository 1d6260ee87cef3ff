#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-only
# live.sh QUOIN PLUGIN.so: drops the image plugin into a server that runs, and asks it for an image.
set -euo pipefail
quoin=$1 plugin=$2
folder=$(mktemp -d)
server=
leave() {
    [[ -z $server ]] || { kill "$server" 2>/dev/null && wait "$server"; } || true
    rm -rf "$folder"
}
trap leave EXIT

fail() {
    echo "$1" >&2
    cat "$folder/log" >&2
    exit 1
}

mkdir -m 755 "$folder/plugins"
export QUOIN_DATA_DIR=$folder/data QUOIN_PLUGINS_DIR=$folder/plugins
"$quoin" serve --http.listen 127.0.0.1:0 --log.format text >"$folder/log" 2>&1 &
server=$!
until port=$(grep -oE 'listening address=http://127.0.0.1:[0-9]+' "$folder/log" | grep -oE '[0-9]+$'); do
    kill -0 "$server" 2>/dev/null || fail "the server has ended"
    sleep 0.05 # between two looks
done
site=http://127.0.0.1:$port

status() { curl -s -m 20 -o "$folder/body" -w '%{http_code}' "$site$1"; }
expect() {
    local got
    got=$(status "$2")
    [[ $got == "$1" ]] || fail "GET $2 is $got, not $1: $(cat "$folder/body")"
}

expect 404 /iiif/dot.png/info.json
"$quoin" plugin install "$plugin" || fail "it was not installed"
mkdir -p "$folder/data/plugins/iiif/images"
base64 -d >"$folder/data/plugins/iiif/images/dot.png" <<<'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='
expect 200 /iiif/dot.png/info.json
grep -q '"width":1' "$folder/body" || fail "info.json does not say how wide: $(cat "$folder/body")"
expect 200 /iiif/dot.png/full/max/0/default.png
[[ $(head -c 8 "$folder/body" | od -An -tx1 | tr -d ' \n') == 89504e470d0a1a0a ]] || fail "what came is no PNG"
expect 400 /iiif/dot.png/everything/max/0/default.png
expect 404 /iiif/none.png/info.json
echo "live: $site/iiif/dot.png"
