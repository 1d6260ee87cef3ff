#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-only
# From a fresh Debian 12 or 13 to the window: installs what is missing, builds quoin-admin, opens it on the server that deploy/run.sh runs.
# Arguments go to quoin-admin: deploy/admin.sh --url https://archive.example.org --token-file my.token
set -euo pipefail
cd "$(dirname "$0")/.."
. deploy/common.sh

install_packages "${build_packages[@]}" "${admin_packages[@]}"
# In a folder of its own: a server that runs from build/release would take rebuilt plugins for new ones.
targets=(quoin-admin)
build admin -DCMAKE_BUILD_TYPE=Release -DQUOIN_TESTS=OFF -DQUOIN_ADMIN=ON

export QUOIN_DATA_DIR=${QUOIN_DATA_DIR:-$PWD/var}
exec build/admin/bin/quoin-admin "$@"
