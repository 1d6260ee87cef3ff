#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-only
# runtimepackages.sh FOLDER: the Debian packages that the programs and plugins in FOLDER need to run, one a line. For the release of Debian it runs on.
set -euo pipefail

# Loaded by name, so that no file says it is linked: Qt's drivers for the two databases. And whom TLS to Redis or PostgreSQL is to believe.
loaded=(libqt6sql6-sqlite libqt6sql6-psql ca-certificates)

# Of each file, what itself asks for; what that needs in turn, its package knows.
libraries() {
    find "$1" -type f \( -perm -100 -o -name '*.so' \) -exec objdump -p {} + 2>/dev/null | awk '$1 == "NEEDED" { print $2 }' | sort -u
}

known=$(ldconfig -p)
package_of() {
    local path owner
    path=$(awk -v name="$1" '$1 == name && !found { print $NF; found = 1 }' <<<"$known")
    [[ -n $path ]] || { echo "no library $1 on this system" >&2; return 1; }
    path=$(readlink -f "$path")
    # On a system with a merged /usr, the package may still know the file by its path in /lib.
    owner=$(dpkg-query -S "$path" 2>/dev/null || dpkg-query -S "${path#/usr}")
    printf '%s\n' "${owner%%:*}"
}

{
    for library in $(libraries "$1"); do
        package_of "$library"
    done
    printf '%s\n' "${loaded[@]}"
} | sort -u
