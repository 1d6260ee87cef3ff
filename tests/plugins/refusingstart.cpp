// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

/// Refuses to start, half-way.
class RefusingStart final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "refusingstart.json")
    Q_INTERFACES(quoin::Plugin)

public:
    quoin::Result<> start(quoin::Services &) override
    {
        note("start");
        return quoin::Error::unavailable(u"there is no table orders"_s);
    }
};

#include "refusingstart.moc"
