// SPDX-License-Identifier: GPL-3.0-only
#include "testplugin.h"

/// Its second migration takes away what its first version reads.
class DroppingMigration final : public TestPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "droppingmigration.json")
    Q_INTERFACES(quoin::Plugin)

public:
    void describe(quoin::Registry &registry) override
    {
        registry.migration(
            {u"droppingmigration/0001-create-stock"_s, {u"CREATE TABLE stock (id INTEGER, size INTEGER)"_s}});
        registry.migration({u"droppingmigration/0002-drop-size"_s, {u"ALTER TABLE stock DROP COLUMN size"_s}});
    }
};

#include "droppingmigration.moc"
