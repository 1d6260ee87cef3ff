// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "settings/settings.h"

#include <functional>

namespace quoin::server {

/// Settings and what they were resolved from. A value.
struct Configuration
{
    Settings settings;
    SettingSources sources; ///< With the files as they were read.
};

/// A setting that is another one now. A value.
struct SettingChange
{
    Setting before; ///< A plugin that came meanwhile has its default here.
    Setting after;

    /// "key=log.level value=\"debug\" origin=\"file /etc/quoin/quoin.ini line 3\"", without secrets.
    QString toLine() const;
};

/// Where the value differs, in the order of after; what is written or placed otherwise and means the same does not
/// count. Settings of plugins that are gone are passed over.
QList<SettingChange> settingChanges(const Settings &before, const Settings &after);

/// What reading the files again led to. A value.
struct Reload
{
    Configuration next;           ///< To go on with.
    QList<SettingChange> changed; ///< Different in next.
    QList<SettingChange> kept;    ///< Different in the files, and in next as before: they wait for a restart.
};

/// Reads the files again, arguments and environment being what they were at the start (atStart). mayChange says of
/// which settings a change counts. The Error lists what is wrong, as at a start: then nothing is to change.
Result<Reload> readSettingsAgain(const Configuration &now, const SettingSources &atStart,
                                 const std::function<bool(const SettingKey &)> &mayChange);

} // namespace quoin::server
