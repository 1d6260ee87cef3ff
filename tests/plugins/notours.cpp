// SPDX-License-Identifier: GPL-3.0-only
#include <quoin/plugin.h>

/// Says that it is ours, and is a plain object.
class NotOurs final : public QObject
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "notours.json")
};

#include "notours.moc"
