// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "recordstore.h"

#include <quoin/plugin.h>

#include <QThreadPool>

#include <optional>

namespace records {

/// JSON values over HTTP: POST /record, GET /record, GET /record/{id}. What was posted is what is served, byte for byte.
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
    using Answer = QFuture<quoin::Result<quoin::Response>>;

    Answer create(const quoin::Request &request) const;
    Answer list(const quoin::Request &request) const;
    Answer show(const quoin::Request &request, qint64 id) const;

    Answer store(const quoin::Result<quoin::JsonText> &json) const;

    std::optional<RecordStore> m_store; ///< From start() to stop(), like the pool.
    QThreadPool *m_pool = nullptr;
};

} // namespace records
