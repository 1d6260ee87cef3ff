#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-only
# Makes the passwords that deploy/compose.yaml mounts into its containers, in deploy/secrets. Those that are there stay as they are.
set -euo pipefail
umask 077
folder=${1:-$(dirname "$0")/secrets}
mkdir -p "$folder"
chmod 700 "$folder"

# Letters and digits, so that they fit into a URL as they are.
password() { LC_ALL=C tr -dc 'A-Za-z0-9' </dev/urandom | head -c 32 || true; }

# write NAME TEXT: readable by all, because each container has another user; nobody else on this host gets past the folder.
write() {
    printf '%s\n' "$2" >"$folder/$1"
    chmod 444 "$folder/$1"
}

if [[ -e $folder/database_url && -e $folder/database_password && -e $folder/redis_url && -e $folder/redis_auth ]]; then
    echo "$folder: everything is there already"
    exit
fi
if compgen -G "$folder/*" >/dev/null; then
    echo "error: $folder has some of the secrets and not all: databases may know the old ones. Complete it, or empty it." >&2
    exit 1
fi
database=$(password) redis=$(password)
write database_password "$database"
write database_url "postgresql://quoin:$database@db:5432/quoin"
write redis_auth "requirepass $redis"
write redis_url "redis://:$redis@redis:6379/0"
echo "$folder: written"
