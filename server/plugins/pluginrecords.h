// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/choices.h"
#include "plugins/pluginstatus.h"
#include "plugins/safefolder.h"

#include <quoin/result.h>

#include <QString>

#include <functional>

namespace quoin::plugins {

/// The two files in the plugin store that outlive the processes. Both are replaced at once (written beside, synced,
/// renamed), mode 0600. status.json is written by the supervisor only; choices.json by commands, one at a time.
/// A damaged file is a warning (category quoin.plugins), is kept beside as <name>.damaged, and counts as empty.
/// Any thread; other processes.
class PluginRecords
{
public:
    /// store: the same folder as PluginStore's; made if missing.
    static Result<PluginRecords> open(const QString &store);

    /// Empty if there is none yet.
    HostStatus status() const;
    /// The supervisor only.
    Result<> write(const HostStatus &status) const;
    /// The same of what HostStatus::toJson() made: a value to hand to another thread, since nobody changes it in place.
    Result<> write(const QJsonObject &status) const;

    /// Empty if there is none yet.
    Choices choices() const;
    /// Reads, lets the caller change, and writes, under a lock (flock(2)) that other commands wait for. An Error of
    /// change leaves the file as it was and is returned.
    Result<> choose(const std::function<Result<>(Choices &choices)> &change) const;

    static QString statusName() { return QStringLiteral("status.json"); }
    static QString choicesName() { return QStringLiteral("choices.json"); }

    QString path() const { return m_folder; }

private:
    explicit PluginRecords(QString folder)
        : m_folder(std::move(folder))
    {
    }

    QString m_folder;
};

} // namespace quoin::plugins
