// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

extern "C" __attribute__((visibility("default"), used)) int somethingForEverybody() { return 1; }

/// Offers a function to the whole process.
class ExtraExports final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "extraexports.json")
    Q_INTERFACES(quoin::Plugin)

public:
    using TestPlugin::start;
};

#include "extraexports.moc"
