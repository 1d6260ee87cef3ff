// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/descriptionfacts.h"

#include <QString>
#include <QVersionNumber>

namespace quoin::plugins {

/// A plugin built into the host: what it has is taken before anybody comes.
struct HostClaim
{
    QString id;
    QVersionNumber version;
    DescriptionFacts facts;
};

} // namespace quoin::plugins
