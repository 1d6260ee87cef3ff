#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-only
# tests/run.sh [plain|asan|tsan] [argument of ctest]...
# Installs what the tests need, builds with warnings as errors and runs every test; CTest's summary is the end.
#   plain   Release, as it is shipped; the default
#   asan    address and undefined-behaviour sanitizers, Qt's assertions on
#   tsan    thread sanitizer
# With CI=true and no kind: plain, then asan, unless plain alone took more than 30 minutes: a machine as slow as that would be ended in the
# middle of it.
set -euo pipefail
cd "$(dirname "$0")/.."
. deploy/common.sh

build_kind() {
    local common=(-DQUOIN_TESTS=ON -DQUOIN_WERROR=ON)
    case $1 in
    # By hand without precompiled headers in what is shipped, so that a missing include is a fault here. CI has to end in time.
    plain) build tests -DCMAKE_BUILD_TYPE=Release -DQUOIN_PCH="$([[ ${CI:-} == true ]] && echo ON || echo OFF)" "${common[@]}" ;;
    asan) build asan -DCMAKE_BUILD_TYPE=Debug "-DCMAKE_CXX_FLAGS_DEBUG=-O1 -g1" -DQUOIN_SANITIZE=address,undefined "${common[@]}" ;;
    tsan) build tsan -DCMAKE_BUILD_TYPE=Debug "-DCMAKE_CXX_FLAGS_DEBUG=-O1 -g1" -DQUOIN_SANITIZE=thread "${common[@]}" ;;
    esac
}

folder_of() { [[ $1 == plain ]] && echo build/tests || echo "build/$1"; }

# A sanitizer's finding ends the process that has it, so that its test fails.
export ASAN_OPTIONS=halt_on_error=1:detect_stack_use_after_return=1:strict_string_checks=1
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export LSAN_OPTIONS=suppressions=$PWD/tests/lsan.supp:print_suppressions=0
# Debian's Qt is not instrumented: what it does between two of its own locks looks like a race, and is left out. Tests fork. A report
# without its older stack cannot be suppressed, so enough of each thread's past is kept.
export TSAN_OPTIONS=halt_on_error=1:history_size=5:ignore_noninstrumented_modules=1:die_after_fork=0:second_deadlock_stack=1:suppressions=$PWD/tests/tsan.supp

run_kind() {
    local kind=$1 started=$SECONDS status=0
    shift
    build_kind "$kind"
    # What the build wrote, some gigabytes, is on its way to the disk for a while yet: tests that start a database would wait behind it.
    sync
    ctest --test-dir "$(folder_of "$kind")" --output-on-failure --no-tests=error -j "$(nproc)" "$@" || status=$?
    results+=("$kind: $( ((status == 0)) && echo passed || echo FAILED) in $((SECONDS - started)) s")
    ((status == 0)) || failed+=("$kind")
}

# tell_failed KIND: the end of what each failed test said, and below it what failed in it, once more below everything else.
tell_failed() {
    local logs name said
    logs=$(folder_of "$1")/Testing/Temporary
    [[ -f $logs/LastTestsFailed.log ]] || return 0
    while IFS=: read -r _ name; do
        printf '\n---- %s: %s\n' "$1" "$name"
        said=$(awk -v name="$name" '$2 == "Testing:" { inside = $3 == name } inside' "$logs/LastTest.log")
        tail -n 40 <<<"$said"
        grep -E -A 4 '^(FAIL!|XPASS|QFATAL|FAILED|Traceback|==[0-9]+==ERROR)' <<<"$said" | tail -n 60 || true
    done <"$logs/LastTestsFailed.log"
}

case ${1:-} in
plain | asan | tsan) kinds=("$1") && shift ;;
-h | --help) sed -n '3,9s/^# //p' "$0" && exit ;;
'' | -*) if [[ ${CI:-} == true ]]; then kinds=(plain asan); else kinds=(plain); fi ;;
*) fail "tests/run.sh knows plain, asan and tsan, not \"$1\"" ;;
esac

install_packages "${build_packages[@]}" "${admin_packages[@]}" "${test_packages[@]}"
results=() failed=()
longest_before_asan=1800
for kind in "${kinds[@]}"; do
    if [[ $kind == asan ]] && ((${#kinds[@]} > 1 && SECONDS > longest_before_asan)); then
        results+=("asan: left out, since plain took more than $((longest_before_asan / 60)) minutes here; tests/run.sh asan runs it")
        continue
    fi
    run_kind "$kind" "$@"
done
for kind in "${failed[@]}"; do
    tell_failed "$kind"
done
if ((${#kinds[@]} > 1)); then
    printf '\n%s\n' "${results[@]}"
fi
((${#failed[@]} == 0))
