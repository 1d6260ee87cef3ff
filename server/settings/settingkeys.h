// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "settings/settingschema.h"

#include <QMap>

namespace quoin::server {

/// What defaults depend on. A test fills it by hand.
struct Surroundings
{
    QMap<QString, QString> environment;
    QString binaryFolder; ///< Where the running program lies.
    int cores = 1;

    /// Of this process; needs a QCoreApplication.
    static Surroundings here();
};

/// All settings of the host, grouped as `quoin config` prints them.
SettingSchema hostSettings(const Surroundings &surroundings);

} // namespace quoin::server
