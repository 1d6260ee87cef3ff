// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "settings/settings.h"

#include <QJsonObject>

namespace quoin::server {

/// What a worker process needs in order to resolve the very settings that its supervisor has: arguments and files as
/// read. The environment is left out, since it inherits that. Holds secrets.
QJsonObject sourcesToJson(const SettingSources &sources);

/// The way back. What is missing in the object is empty.
SettingSources sourcesFromJson(const QJsonObject &object, const QMap<QString, QString> &environment);

} // namespace quoin::server
