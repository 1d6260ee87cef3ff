# SPDX-License-Identifier: GPL-3.0-only
# Shared by the scripts of deploy/ and tests/run.sh, which source it from the repository's root: packages, building, telling what matters.
# shellcheck shell=bash disable=SC2034

# The names are the same in Debian 12 and 13.
# qt6-websockets-dev: Debian 13's qt6-httpserver-dev asks for it without depending on it.
build_packages=(
    g++ cmake ninja-build pkg-config
    qt6-base-dev qt6-httpserver-dev qt6-websockets-dev libqt6sql6-sqlite libqt6sql6-psql
    libcli11-dev rapidjson-dev libssl-dev libzip-dev libhiredis-dev
)
# quoin-admin, the desktop program, is built where these are.
admin_packages=(qt6-charts-dev qt6-svg-dev qtkeychain-qt6-dev)
# In Debian 12, qt6-charts-dev asks for it without depending on it; in Debian 13 it is a part of qt6-base-dev.
if grep -qxF 'VERSION_ID="12"' /etc/os-release 2>/dev/null; then
    admin_packages+=(libqt6opengl6-dev)
fi
test_packages=(
    postgresql redis-server haproxy iproute2 curl openssl unzip procps wrk
    python3 python3-flask python3-flask-sqlalchemy python3-sqlalchemy-utils python3-psycopg2
    python3-celery python3-redis python3-yaml gunicorn
    appstream desktop-file-utils fonts-dejavu-core systemd python3-seccomp
    prometheus # for promtool
)

export LC_ALL=C.UTF-8 # a bare system has no other UTF-8 locale, and Qt wants one

say() { printf '%s\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

as_root() {
    if [[ $(id -u) == 0 ]]; then
        "$@"
    else
        sudo "$@"
    fi
}

missing_packages() {
    # Exit code 1 of dpkg-query only says that some are unknown.
    local installed
    installed=$({ dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true; } | sed -n 's/ installed$//p')
    printf '%s\n' "$@" | grep -vxF "$installed" || true
}

# install_packages NAME...: those that are missing, in one call of apt-get. No service is started and no database cluster is left behind:
# the tests start what they need by themselves.
install_packages() {
    command -v dpkg-query >/dev/null || fail "this is not Debian; install by hand what these Debian packages hold: $*"
    local missing
    mapfile -t missing < <(missing_packages "$@")
    [[ ${#missing[@]} == 0 ]] && return
    if [[ $(id -u) != 0 ]] && ! { command -v sudo >/dev/null && sudo true; }; then
        fail "root or sudo is needed once, for: apt-get install ${missing[*]}"
    fi

    say "Installing ${#missing[@]} Debian packages: ${missing[*]}"
    make_build_folder
    local log=build/apt.log started=$SECONDS
    : >"$log"
    local had_postgresql=/etc/postgresql
    [[ -d $had_postgresql ]] || had_postgresql=
    forbid_services
    apt_install "${missing[@]}" >>"$log" 2>&1 || { allow_services; fail_with "$log" "apt-get could not install them"; }
    allow_services
    [[ -n $had_postgresql ]] || drop_clusters >>"$log" 2>&1
    say "Installed in $((SECONDS - started)) s."
}

apt_install() {
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0 -o Acquire::Retries=3)
    # The lists of a fresh system are empty, those of an old one name files that are gone.
    if apt-cache show "$@" >/dev/null 2>&1 && as_root "${apt[@]}" install --no-install-recommends "$@" </dev/null; then
        return
    fi
    as_root "${apt[@]}" update </dev/null && as_root "${apt[@]}" install --no-install-recommends "$@" </dev/null
}

# While packages are installed (invoke-rc.d(8), 101: "action not allowed"). One that is there already stays in force.
policy=/usr/sbin/policy-rc.d
policy_is_ours=
forbid_services() {
    [[ -e $policy ]] && return
    policy_is_ours=yes
    trap allow_services EXIT
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod +x "$policy"
}
allow_services() {
    [[ -z $policy_is_ours ]] || as_root rm -f "$policy"
    policy_is_ours=
}

# The package makes a cluster "main" in a global place; this was its first installation, so it is empty and nobody's.
drop_clusters() {
    command -v pg_lsclusters >/dev/null || return 0
    local version cluster rest
    while read -r version cluster rest; do
        as_root pg_dropcluster "$version" "$cluster"
    done < <(pg_lsclusters --no-header)
}

# A first run with sudo, a second one without: the folder is root's.
make_build_folder() {
    mkdir -p build 2>/dev/null && [[ -w build ]] && return
    [[ ! -e build ]] || fail "$PWD/build belongs to $(stat -c %U build), and $(id -un) may not write there: run this as before, or remove that folder"
    fail "$(id -un) may not write in $PWD"
}

# build NAME CMAKE-ARGUMENT...: into build/NAME, all of it or what targets=(...) names.
targets=()
build() {
    local name=$1 log=build/$1.log started=$SECONDS
    shift
    make_build_folder
    : >"$log"
    configure "build/$name" "$@" >>"$log" 2>&1 || fail_with "$log" "cmake could not configure build/$name"
    if ! ninja -C "build/$name" -j "$(jobs_that_fit)" "${targets[@]}" 2>&1 | tee -a "$log" | show_progress; then
        fail_with "$log" "the build failed"
    fi
    if ((SECONDS - started > 2)); then
        say "Built build/$name in $((SECONDS - started)) s."
    fi
}

configure() {
    local folder=$1 launcher=() fresh=()
    shift
    command -v ccache >/dev/null && launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
    # A tree that was moved or copied with its build folder: CMake would refuse the cache.
    if [[ -f $folder/CMakeCache.txt ]]; then
        grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$folder/CMakeCache.txt" || fresh=(--fresh)
        [[ -f $folder/build.ninja && ${#fresh[@]} == 0 && ${arguments_of_last_time:=$(cat "$folder/arguments" 2>/dev/null)} == "$*" ]] && return
    fi
    cmake "${fresh[@]}" -S . -B "$folder" -G Ninja "${launcher[@]}" "$@" && printf '%s' "$*" >"$folder/arguments"
}

# A compiler of Qt code takes up to 1 GB.
jobs_that_fit() {
    local cores gigabytes
    cores=$(nproc)
    gigabytes=$(awk '/^MemAvailable/ { print int($2 / 1048576) }' /proc/meminfo)
    ((gigabytes < 1)) && gigabytes=1
    echo $((cores < gigabytes ? cores : gigabytes))
}

# Ninja's lines: on a terminal one line that changes, else every fiftieth step.
show_progress() {
    local line step
    while IFS= read -r line; do
        [[ $line == \[* ]] || continue
        if [[ -t 1 ]]; then
            printf '\r\033[K%.*s' "$((${COLUMNS:-80} - 1))" "$line"
        else
            step=${line%%/*}
            ((${step#[} % 50 == 0)) && say "$line"
        fi
    done
    [[ ! -t 1 ]] || printf '\r\033[K'
}

# fail_with LOG SENTENCE: the one line of the log that matters, and where the rest is.
fail_with() {
    local line='' pattern
    # The cause before the consequence: ninja's FAILED stands above the compiler's error, and apt misses packages (E: Unable, E: Package)
    # when it could not fetch its lists.
    for pattern in '(: | )(fatal )?error: |^E: [^UP]|undefined reference' '^W: Failed to fetch' '^E: ' '^CMake Error' '^FAILED: ' '.'; do
        line=$(grep -m1 -E "$pattern" "$1") && break
    done
    if [[ $line == CMake\ Error* ]]; then
        # A package that lacks another one says so in a warning; else the sentence is below the place.
        line=$({ grep -m1 -A1 'could not be found because' "$1" || grep -m1 -A3 '^CMake Error' "$1"; } | tr -s ' \n' ' ')
    fi
    fail "$2: $line"$'\n'"The whole log: $PWD/$1"
}
