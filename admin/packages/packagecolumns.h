// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "ui/pagedmodel.h"

namespace admin {

/// The columns of the table of packages.
QList<Column> packageColumns();

enum class PackageState { Verified, Unverified, Fault };
/// Of a package as the API tells of it: the fault, if there is one, wins.
PackageState stateOf(const QJsonObject &package);
QString textOf(PackageState state);
Tone toneOf(PackageState state);
/// How it stands and what to do about it, in a sentence or two.
QString adviceOnPackage(const QJsonObject &package);

} // namespace admin
