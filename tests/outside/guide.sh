#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-only
# guide.sh BUILD SOURCE FOLDER: does what docs/plugin-guide.md says, word for word and in its order, in a home of its own below FOLDER.
# Two things are not as they stand there: the packages are compared with those of deploy/common.sh instead of being installed, and what BUILD holds is
# installed instead of being built again. The port is another one.
set -euo pipefail
build=$1 source=$2 folder=$3
guide=$source/docs/plugin-guide.md
rm -rf "$folder" && mkdir -p "$folder"
export HOME=$folder
unset "${!QUOIN_@}" XDG_DATA_HOME XDG_CONFIG_HOME
port=$((20000 + $$ % 20000))
children=()
server='' # the process, while one runs
out=''    # of the last command that was looked at
trap 'for child in "${children[@]}"; do kill "$child" 2>/dev/null && wait "$child" || true; done' EXIT

fail() {
    printf 'FAILED: %s\n' "$*" >&2
    tail -n 40 "$folder"/*.log >&2 2>/dev/null || true
    exit 1
}

# waits CONDITION...: until it holds; 20 s at most.
waits() {
    for _ in {1..200}; do
        "$@" && return
        sleep 0.1
    done
    return 1
}

listens() { (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; }
dev_began() { grep -qs '^watching ' "$folder/dev.log"; }
dev_says() { grep -Eq "^[0-9:]{8} $1" "$folder/dev.log"; }

packages() {
    local named known
    named=$(sed 's/.*install//; s/\\//g' <<<"$1" | tr -s ' \n' '\n' | sed '/^$/d' | sort)
    # shellcheck disable=SC2154 # of common.sh
    known=$(. "$source/deploy/common.sh" && printf '%s\n' "${build_packages[@]}" | sort)
    [[ $named == "$known" ]] || fail "the packages differ from build_packages in deploy/common.sh: $(diff <(echo "$named") <(echo "$known") | tr '\n' ' ')"
}

install() {
    local line
    line=$(grep '^cmake --install build/release ' <<<"$1") || fail "there is no line that installs"
    eval "${line/build\/release/\"$build\"}" >"$folder/install.log"
}

answers() { out=$(eval "$2") && [[ $out == *"$1"* ]]; }

serve() {
    export QUOIN_HTTP_LISTEN=127.0.0.1:$port
    eval "exec $1" >>"$folder/serve.log" 2>&1 &
    server=$!
    children+=("$server")
    waits listens || fail "the server does not listen"
}

# do_block KIND TEXT
do_block() {
    local kind=$1 text=$2
    printf -- '--- %s\n%s' "$kind" "$text"
    case $kind in
    packages) packages "$text" ;;
    install) install "$text" ;;
    run | live) eval "${text//127.0.0.1:5000/127.0.0.1:$port}" || fail "$text" ;;
    live:*) waits answers "${kind#live: }" "${text//127.0.0.1:5000/127.0.0.1:$port}" || fail "$text answers $out" ;;
    serve) serve "$text" ;;
    'serve again')
        kill "$server" && wait "$server" || fail "the server did not end well"
        serve "$text"
        ;;
    dev)
        eval "exec $text" >"$folder/dev.log" 2>&1 &
        children+=($!)
        waits dev_began || fail "nothing is watched"
        ;;
    'dev says')
        waits dev_says "$(sed -E 's/^[0-9:]+ //; s/ \([0-9]+ ms\)$//' <<<"$text")" || fail "quoin plugin dev did not say: $text"
        ;;
    *) fail "there are no blocks of the kind \"$kind\"" ;;
    esac
}

kind='' block='' inside=''
while IFS= read -r line <&9; do
    if [[ $line =~ ^\<!--\ (.*)\ --\>$ ]]; then
        kind=${BASH_REMATCH[1]}
    elif [[ $line == '```'* && -z $inside ]]; then
        [[ -n $kind ]] || fail "this block says not how it is tried: after $block"
        inside=yes block=''
    elif [[ $line == '```' ]]; then
        do_block "$kind" "$block"
        inside='' kind=''
    elif [[ -n $inside ]]; then
        block+=$line$'\n'
    fi
done 9<"$guide"
echo "the guide holds"
