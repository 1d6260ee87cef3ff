// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

namespace {

int *volatile nowhere = nullptr;
const int value = *nowhere;

} // namespace

/// A static initialiser goes through a null pointer.
class CrashingInitialiser final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "crashinginitialiser.json")
    Q_INTERFACES(quoin::Plugin)

public:
    CrashingInitialiser() { setProperty("value", value); }
};

#include "crashinginitialiser.moc"
