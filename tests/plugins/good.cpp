// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

/// Nothing is wrong with it: it must be served whatever stands beside it.
class Good final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "good.json")
    Q_INTERFACES(quoin::Plugin)

public:
    void describe(quoin::Registry &registry) override
    {
        registry.get(u"/good/{id}"_s,
                     [](const quoin::Request &, qint64 id) { return quoin::Response::text(QByteArray::number(id)); });
    }
};

#include "good.moc"
