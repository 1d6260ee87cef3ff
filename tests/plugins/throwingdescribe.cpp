// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

#include <stdexcept>

/// Its describe() does more than say.
class ThrowingDescribe final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "throwingdescribe.json")
    Q_INTERFACES(quoin::Plugin)

public:
    void describe(quoin::Registry &) override { throw std::runtime_error("cannot say"); }
};

#include "throwingdescribe.moc"
