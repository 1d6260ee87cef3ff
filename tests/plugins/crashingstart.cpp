// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

namespace {

int *volatile nowhere = nullptr;

} // namespace

/// Crashes where a probe does not look.
class CrashingStart final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "crashingstart.json")
    Q_INTERFACES(quoin::Plugin)

public:
    quoin::Result<> start(quoin::Services &) override
    {
        *nowhere = 1;
        return {};
    }
};

#include "crashingstart.moc"
