// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QString>
#include <QStringList>

#include <limits>
#include <optional>

namespace quoin::server {

/// What a setting's text must look like, and what its value is as a QVariant.
enum class SettingType {
    String,   ///< Any text; QString.
    Integer,  ///< A whole number from least to most; qlonglong.
    Boolean,  ///< true/false, yes/no, on/off, 1/0; bool.
    Duration, ///< "250ms", "30s", "5min", "2h", "7d", "0"; qlonglong of milliseconds, from least to most.
    Size,     ///< "64KiB", "16MiB", "1GB", "1048576"; qlonglong of bytes, from least to most.
    Choice,   ///< One of choices, in any case; QString, spelled as in choices.
    Url,  ///< A URL whose scheme is one of choices (any, if there are none); QString. Its password is never printed.
    Path, ///< A file or folder, relative to the working directory; QString, absolute.
    Addresses, ///< "127.0.0.1:5000", several with commas; QString (see listenaddress.h).
};

/// The word for a type in a plugin's metadata ("string", "integer", ...), and back.
QString settingTypeName(SettingType type);
std::optional<SettingType> settingTypeFromName(const QString &name);

/// One setting as it is declared. A value.
struct SettingKey
{
    QString key; ///< "http.listen": a group, a dot, a name. A plugin's group is its id.
    SettingType type = SettingType::String;
    QString defaultText; ///< As a person would write it; may hold "${data.dir}". Empty: not set.
    QString help;        ///< One sentence.
    QStringList choices = {};
    qint64 least = 0; ///< In milliseconds or bytes where the type says so.
    qint64 most = std::numeric_limits<qint64>::max();
    bool secret = false;      ///< Never printed at all.
    bool mayBeEmpty = true;   ///< An empty text means "not set".
    bool onlyAtStart = false; ///< A change waits for the server to be started again; others take effect on SIGHUP.

    /// "http": all before the last dot.
    QString group() const { return key.left(key.lastIndexOf(u'.')); }
    /// "QUOIN_HTTP_LISTEN"
    QString environmentName() const;
};

} // namespace quoin::server
