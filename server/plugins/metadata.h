// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/fault.h"

#include <QJsonObject>
#include <QList>
#include <QString>
#include <QStringList>
#include <QVersionNumber>

#include <optional>

namespace quoin::plugins {

/// Another plugin that must be there, and started first.
struct Requirement
{
    QString id;
    QVersionNumber atLeast;
};

/// One setting a plugin declares; the host knows it as "<id>.<key>".
struct SettingDeclaration
{
    QString key;
    QString type;                ///< One of settingTypes().
    QString defaultText;         ///< As a person would write it; empty: not set.
    QString help;                ///< One sentence.
    QStringList choices;         ///< For "choice" and "url"; else empty.
    std::optional<qint64> least; ///< For numbers, durations (milliseconds) and sizes (bytes).
    std::optional<qint64> most;
    bool secret = false;
};

/// What a plugin says of itself, readable without running it: the JSON that quoin_add_plugin() makes.
struct Metadata
{
    QString id;
    QVersionNumber version;
    QString title;
    int sdk = 0; ///< The minor version of the SDK it was built with.
    QList<Requirement> requirements;
    QList<SettingDeclaration> settings;
};

/// "string", "integer", "boolean", "duration", "size", "choice", "url", "path", "addresses"
QStringList settingTypes();

/// Whether the text is an id: lower-case words of letters, digits and '_', joined by dots.
bool isPluginId(const QString &text);

/// Takes the metadata from what QPluginLoader::metaData() returns. Strict: a key nobody knows is a fault, since it is a
/// wish that would not be granted. fileName without ".so" must be the id, so that no two files can claim one id.
std::optional<Metadata> readMetadata(const QJsonObject &loaderMetadata, const QString &baseName, Fault *fault);

} // namespace quoin::plugins
