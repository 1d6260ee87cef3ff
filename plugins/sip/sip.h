// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "archiver.h"
#include "sipadmin.h"

#include <quoin/plugin.h>

#include <chrono>
#include <optional>

namespace sip {

/// Archives each record as a verified package, hands the packages out, and keeps looking whether they are still what
/// they were. Knows nothing of who makes records: it subscribes to the events record.created,
/// record.changed and record.archive(id, data).
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
    void describeAdmin(quoin::Registry &registry);

    quoin::Future<quoin::Response> list(const quoin::Request &request, qint64 record) const;
    quoin::Future<quoin::Response> show(const quoin::Request &request, qint64 id) const;
    quoin::Result<quoin::Response> file(const quoin::Request &request, qint64 id) const;

    /// The task, for those that came together: they share the syncs of the disk and one transaction. Idempotent, as
    /// name and bytes of a package and its row depend on the task's arguments and its time alone.
    QList<quoin::Result<>> makeSip(const QList<quoin::TaskRun> &runs) const;

    /// The task that checks packages which nobody has looked at for fixity_interval, and pushes itself for the next
    /// hour.
    quoin::Result<> checkFixity(const quoin::TaskRun &run) const;
    quoin::Result<bool> checkBatch(const quoin::TaskRun &run) const;
    quoin::Result<qint64> scheduleFixity() const;

    std::optional<quoin::Services> m_services; ///< From start() to stop().
    std::optional<SipAdmin> m_admin;           ///< Likewise.
    QString m_directory;
    Format m_format = Format::Bag;
    std::chrono::milliseconds m_fixityInterval{};
};

} // namespace sip
