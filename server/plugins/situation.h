// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/choices.h"
#include "plugins/descriptionfacts.h"
#include "plugins/gate.h"
#include "plugins/hostclaim.h"
#include "plugins/plan.h"
#include "plugins/pluginstatus.h"
#include "plugins/refusal.h"

#include <QList>
#include <QMap>
#include <QString>
#include <QStringList>

#include <functional>
#include <optional>

namespace quoin::plugins {

/// A version and what is known of it so far.
struct KnownVersion
{
    std::optional<AdmittedFile> admitted;
    std::optional<DescriptionFacts> facts;
    std::optional<Refusal> refusal; ///< At any gate, or by a worker that could not start it.
};

/// A file of the drop folder.
struct OfferedFile
{
    QString file;                   ///< Its path.
    QByteArray sha256;              ///< Empty if it was refused unread.
    std::optional<Refusal> refusal; ///< If it was not admitted.
};

/// All that a decision depends on.
struct Situation
{
    QMap<QString, OfferedFile> offered; ///< By id (of a file that has none: by its name without ".so").
    QMap<VersionKey, KnownVersion> versions;
    QMap<QString, QList<LiveVersion>> histories; ///< By id, the latest first.
    QStringList removed;                         ///< Ids whose file was taken away since they were live.
    QList<Quarantine> quarantine;
    QList<Bar> barred;
    Choices choices;
    QList<HostClaim> hostClaims;
    std::function<std::optional<Fault>(const Metadata &)> settingsFault; ///< Null: settings always fit.
    bool refusesDowngrades = false; ///< A file is refused if a newer version of it has been live.
    int retryAfter = 60;            ///< In seconds, for withheld plugins.
};

} // namespace quoin::plugins
