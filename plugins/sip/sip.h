// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "archiver.h"

#include <quoin/plugin.h>

#include <chrono>
#include <optional>

namespace sip {

/// Archives each record as a verified package, hands the packages out, and keeps looking whether they are still what
/// they were. Knows nothing of who makes records: it subscribes to the event record.created(id, data).
class Sip final : public QObject, public quoin::Plugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QUOIN_PLUGIN_IID FILE "sip.json")
    Q_INTERFACES(quoin::Plugin)

public:
    void describe(quoin::Registry &registry) override;
    quoin::Result<> start(quoin::Services &services) override;
    void stop() override;

private:
    quoin::Future<quoin::Response> list(const quoin::Request &request, qint64 record) const;
    quoin::Future<quoin::Response> show(const quoin::Request &request, qint64 id) const;
    quoin::Result<quoin::Response> file(const quoin::Request &request, qint64 id) const;

    /// The task: idempotent, as name and bytes of the package and its row depend on its arguments and its time alone.
    quoin::Result<> makeSip(const quoin::TaskRun &run, qint64 record, const quoin::JsonText &data) const;

    /// The task that checks packages which nobody has looked at for fixity_interval, and pushes itself for the next
    /// hour.
    quoin::Result<> checkFixity(const quoin::TaskRun &run) const;
    quoin::Result<bool> checkBatch(const quoin::TaskRun &run) const;
    quoin::Result<qint64> scheduleFixity() const;

    std::optional<quoin::Services> m_services; ///< From start() to stop().
    QString m_directory;
    Format m_format = Format::Bag;
    std::chrono::milliseconds m_fixityInterval{};
};

} // namespace sip
