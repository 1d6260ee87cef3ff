// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/background.h"
#include "plugins/crashbook.h"
#include "plugins/decide.h"
#include "plugins/folderscan.h"
#include "plugins/folderwatch.h"
#include "plugins/pipeline.h"
#include "plugins/pluginrecords.h"
#include "plugins/pluginstore.h"
#include "plugins/statusboard.h"

#include <QJsonObject>
#include <QList>
#include <QMap>
#include <QTimer>

#include <optional>

namespace quoin::plugins {

/// What a look at folder and choices has found.
struct Sighting
{
    Result<FolderContent> content = FolderContent();
    Choices choices;
};

/// The inside of Pipeline: brings events in, asks decide(), and tells what came of it.
class Pipeline::Private : public QObject
{
public:
    Private(Pipeline *pipeline, PipelineOptions options);
    ~Private() override;

    Result<> open();
    void look();
    void lookAnew();
    void judgeAnew(std::shared_ptr<const Trust> trust);

    void live(const Plan &plan, quint64 generation);
    void refused(const Plan &plan, const QList<Refusal> &refusals);
    void crashed(const VersionKey &key, const QString &what);

    void saveSoon();

    const PipelineOptions options;
    FolderWatch watch;
    StatusBoard board;
    Plan plannedPlan;
    Plan livePlan;

private:
    void take(Sighting sighting);
    void takeContent(const FolderContent &content);
    void takeChoices(const Choices &choices);
    void takeFile(const QString &name, const ScannedFile &file, bool isNew);
    void forgetRefusals(const QString &id);
    void forgetUnused();

    void consider();
    Situation situation() const;
    void ask(const VersionKey &key);
    void stage(const VersionKey &key);
    void probe(const VersionKey &key, const AdmittedFile &file);
    void publish(const Plan &plan);

    void setBack(const VersionKey &key, const QString &version, const QString &what);
    void quarantine(const VersionKey &key, const QString &version, const QString &what);
    bool canRollBack(const VersionKey &key) const;

    void save();
    void noteSaved(const Result<> &written);
    void prune();
    QDateTime now() const { return options.now(); }

    Pipeline *const q;
    std::optional<PluginStore> m_store;
    std::optional<PluginRecords> m_records;
    ScanGround m_ground;
    CrashBook m_crashes;
    Choices m_choices;
    FolderContent m_content;
    QMap<QString, OfferedFile> m_offered;
    QMap<VersionKey, KnownVersion> m_versions;
    QList<VersionKey> m_asked; ///< Being staged or probed.

    bool m_hasLive = false;        ///< livePlan is one that was told, not just empty.
    bool m_hasPlanned = false;     ///< plannedPlan is.
    std::optional<Plan> m_givenUp; ///< Could not be started, and nobody knows why.
    QString m_folderFault;         ///< Told already.
    bool m_hasLooked = false;
    bool m_isLooking = false;
    bool m_looksAgain = false;
    bool m_forgetsStamps = false;
    bool m_mustPrune = false;
    QJsonObject m_saved; ///< What was written last.
    QString m_saveFault; ///< Why it was not; told already.
    QTimer m_saving;
    QTimer m_retry;
    Background m_background; // last: its thread uses what is above
};

} // namespace quoin::plugins
