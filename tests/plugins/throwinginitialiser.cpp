// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

#include <stdexcept>

namespace {

int readTable() { throw std::runtime_error("no table of units"); }
const int table = readTable();

} // namespace

/// A static initialiser throws before there is anybody to catch it.
class ThrowingInitialiser final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "throwinginitialiser.json")
    Q_INTERFACES(quoin::Plugin)

public:
    ThrowingInitialiser() { setProperty("table", table); }
};

#include "throwinginitialiser.moc"
