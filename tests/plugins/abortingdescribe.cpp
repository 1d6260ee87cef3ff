// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

/// Its describe() meets what must not be and says so.
class AbortingDescribe final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "abortingdescribe.json")
    Q_INTERFACES(quoin::Plugin)

public:
    void describe(quoin::Registry &) override { qFatal("units.cpp:7: the table is empty"); }
};

#include "abortingdescribe.moc"
