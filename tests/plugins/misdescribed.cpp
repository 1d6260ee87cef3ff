// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

/// Its handler does not take the capture of its route, and its task has a foreign name.
class Misdescribed final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "misdescribed.json")
    Q_INTERFACES(quoin::Plugin)

public:
    void describe(quoin::Registry &registry) override
    {
        registry.get(u"/ok/{id}"_s, [](const quoin::Request &) { return quoin::Response::empty(); });
        registry.task(u"other.task"_s, [](const quoin::TaskRun &) -> quoin::Result<> { return {}; });
    }
};

#include "misdescribed.moc"
