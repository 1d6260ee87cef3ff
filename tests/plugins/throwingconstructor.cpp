// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

#include <stdexcept>

/// Its constructor fails, which the contract forbids.
class ThrowingConstructor final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "throwingconstructor.json")
    Q_INTERFACES(quoin::Plugin)

public:
    ThrowingConstructor() { throw std::runtime_error("no more threads"); }
};

#include "throwingconstructor.moc"
