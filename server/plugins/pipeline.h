// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/crashbook.h"
#include "plugins/fault.h"
#include "plugins/folderwatch.h"
#include "plugins/hostclaim.h"
#include "plugins/lint.h"
#include "plugins/metadata.h"
#include "plugins/plan.h"
#include "plugins/pluginstatus.h"

#include <quoin/result.h>

#include <QDateTime>
#include <QJsonArray>
#include <QObject>
#include <QString>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace quoin::plugins {

class Probes;
class Trust;

struct PipelineOptions
{
    QString folder;                     ///< Where plugins are dropped.
    QString store;                      ///< The service's own copies and records.
    Probes *probes = nullptr;           ///< Lent; outlives the pipeline.
    std::shared_ptr<const Trust> trust; ///< Null: everybody is trusted.
    LintOptions lint;
    /// Whether the settings that a plugin declares have fitting values: null if so. Asked for each decision, on the
    /// pipeline's thread.
    std::function<std::optional<Fault>(const Metadata &)> settingsFault;
    QList<HostClaim> hostClaims;
    std::function<QDateTime()> now = &QDateTime::currentDateTimeUtc; ///< For tests.
    FolderWatchOptions watch;
    std::chrono::milliseconds retry{2000}; ///< When the host could not probe or copy: no process, a full disk.
    CrashLimits crashes;
};

/// Looks after the drop folder and decides what workers serve. For the supervisor: no code of a plugin ever runs here.
///
///     folder -> take -> lint -> trust -> metadata -> probe -> settings, migrations, requirements, conflicts -> Plan
///
/// A file that is refused never takes away what is served: the version of it that was live last stays.
///
///     Pipeline pipeline(options);
///     if (const auto opened = pipeline.open(); !opened) ...        // unsafe folder or store: do not start
///     connect(&pipeline, &Pipeline::planned, ..., roll it out);    // then tell: live(plan) or refused(plan, why)
///     pipeline.start();
///
/// One thread, with an event loop; the gates work on a thread of their own, and probes in processes.
class Pipeline : public QObject
{
    Q_OBJECT

public:
    explicit Pipeline(PipelineOptions options, QObject *parent = nullptr);
    ~Pipeline() override;

    /// Folder, store and records. The Error names the component that is not safe and how to mend it.
    Result<> open();

    /// Looks for the first time; planned() follows once every file is judged, also with an empty plan.
    void start();

    /// SIGHUP: looks again at everything, and tries again what was refused.
    void rescan();

    /// The same, with others whom the operator trusts from now on: what is served and not vouched for any more goes.
    void rescan(std::shared_ptr<const Trust> trust);

    /// A generation with this plan serves now.
    void live(const Plan &plan, quint64 generation = 0);

    /// No generation with this plan could be started. Those named in refusals (id; the version is the plan's) are
    /// refused with that reason (those of Phase::Resolve are not at fault themselves), and planned() follows with what
    /// is left: earlier versions in their place, else without them. Without any that the plan has, the plan itself is
    /// given up, what is live stays, and nothing is tried again until something changes.
    void refused(const Plan &plan, const QList<Refusal> &refusals);

    /// A worker died by this plugin. Within a minute after an upgrade the previous version takes its place until
    /// another file comes; else the third crash within a minute quarantines the version. what: "SIGSEGV at 0x0".
    void crashed(const QString &id, const QByteArray &sha256, const QString &what);

    /// For status.json; written soon, not at once.
    void setWorkers(const QJsonArray &workers);

    /// What is known of each plugin, as in status.json.
    const HostStatus &status() const;

    /// The plan that was told last, and the one that is live.
    const Plan &plannedPlan() const;
    const Plan &livePlan() const;

Q_SIGNALS:
    /// Roll this out: it differs from what is live or being rolled out. A newer one replaces an older one.
    void planned(const quoin::plugins::Plan &plan);

    /// Anything of status() has changed.
    void statusChanged();

private:
    class Private;
    const std::unique_ptr<Private> d;
};

} // namespace quoin::plugins
