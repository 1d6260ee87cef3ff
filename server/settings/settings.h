// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "settings/settingfiles.h"
#include "settings/settingschema.h"

#include <quoin/result.h>

#include <QHash>
#include <QMap>
#include <QVariant>

#include <chrono>
#include <optional>

namespace quoin::server {

/// Where settings come from, the strongest first: command line, QUOIN_* variables, the tutorial's variables, file,
/// default.
struct SettingSources
{
    struct Argument
    {
        QString key; ///< "http.listen"
        QString text;
        QString origin = QStringLiteral("command line");
    };
    QList<Argument> arguments; ///< The last one of a key counts, so that a script's own arguments can be overruled.
    QMap<QString, QString> environment; ///< An empty variable counts as not set.
    QString configFile;                 ///< From --config; empty: as SettingFiles::read() says.
    std::optional<SettingFiles> files;  ///< As read before; without them they are read when asked for.
};

/// The environment of this process.
QMap<QString, QString> processEnvironment();

/// One setting with its value.
struct Setting
{
    SettingKey key;
    QVariant value;
    QString text;   ///< As it was written; may be a secret: show it by shownSetting() only.
    QString origin; ///< "command line", "environment QUOIN_X", "environment REDIS_HOST", "file /etc/quoin/quoin.ini
                    ///< line 12", "default"
    bool isDefault() const { return origin == QStringLiteral("default"); }
};

/// Settings as resolved, unchanging. A value, shared; any thread.
class Settings
{
public:
    /// What to do with a key that nobody declared. Ignore is for the first of two passes, before plugins have declared
    /// theirs.
    enum class Unknown { Refuse, Ignore };

    /// One value for every key of the schema. The Error lists every fault, one a line, each with its origin and what
    /// was expected.
    static Result<Settings> resolve(const SettingSchema &schema, const SettingSources &sources,
                                    Unknown unknown = Unknown::Refuse);

    // By key, which must be declared. The plain text of a String, Choice, Url, Path or Addresses.
    QString text(const QString &key) const { return at(key).value.toString(); }
    qint64 integer(const QString &key) const { return at(key).value.toLongLong(); }
    bool isOn(const QString &key) const { return at(key).value.toBool(); }
    std::chrono::milliseconds duration(const QString &key) const { return std::chrono::milliseconds(integer(key)); }
    qint64 bytes(const QString &key) const { return integer(key); }

    bool contains(const QString &key) const { return m_byKey.contains(key); }
    const Setting &at(const QString &key) const;
    /// Invalid if nobody declared the key: what abi::Services::setting() answers with.
    QVariant value(const QString &key) const { return contains(key) ? at(key).value : QVariant(); }

    /// In the order declared.
    const QList<Setting> &all() const { return m_settings; }
    /// The file that was read; empty if there was none.
    const QString &configFile() const { return m_configFile; }
    /// What was passed over (see SettingSchema::tolerate): to be logged as warnings.
    const QStringList &warnings() const { return m_warnings; }
    void addWarnings(const QStringList &warnings) { m_warnings += warnings; }

private:
    friend class SettingResolver;
    QList<Setting> m_settings;
    QHash<QString, qsizetype> m_byKey;
    QString m_configFile;
    QStringList m_warnings;
};

} // namespace quoin::server
