// SPDX-License-Identifier: GPL-3.0-only
#include "settings/settingrules.h"

#include "settings/databasesettings.h"
#include "settings/queuesettings.h"

using namespace Qt::StringLiterals;

namespace quoin::server {
QStringList refusedSettings(const Settings &settings)
{
    return idleDatabaseSettings(settings) + refusedQueueSettings(settings);
}

} // namespace quoin::server
