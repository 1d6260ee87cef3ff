// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/registry.h>

#include <QList>

namespace quoin::auth {

/// The migrations of the tables `token` and `audit`, in order, for the host to run before anything else of this folder
/// is used. Times are microseconds since 1970 UTC.
///
/// token: one row is one access token, kept after its end, so that the audit's names mean something. `hash` is SHA-256
/// of its text in hexadecimal, `beginning` what it is recognised by, `scopes` are parted by spaces. Of those that are
/// not revoked no two have the same name.
///
/// audit: one row is one change through the admin API, written before it is made; `status` is what it was answered, and
/// null until then, or for ever if the process ended in between.
QList<Migration> migrations();

} // namespace quoin::auth
