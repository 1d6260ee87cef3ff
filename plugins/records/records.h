// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "recordadmin.h"
#include "recordchanges.h"
#include "recordstore.h"

#include <quoin/plugin.h>

#include <optional>

namespace records {

/// JSON values over HTTP: POST /record, GET /record, GET /record/{id}. What was posted is what is served, byte for
/// byte.
class Records final : public QObject, public quoin::Plugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "records.json")
    Q_INTERFACES(quoin::Plugin)

public:
    void describe(quoin::Registry &registry) override;
    quoin::Result<> start(quoin::Services &services) override;
    void stop() override;

private:
    void describeChanges(quoin::Registry &registry);

    quoin::Future<quoin::Response> create(const quoin::Request &request) const;
    quoin::Future<quoin::Response> list(const quoin::Request &request) const;
    quoin::Future<quoin::Response> show(const quoin::Request &request, qint64 id) const;

    quoin::Future<quoin::Response> store(const quoin::JsonText &json) const;

    std::optional<quoin::Services> m_services; ///< From start() to stop(), like the store.
    std::optional<RecordStore> m_store;
    std::optional<RecordAdmin> m_admin;
    std::optional<RecordChanges> m_changes;
};

} // namespace records
