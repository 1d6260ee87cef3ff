// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "support/quoinprocess.h"

#include <QByteArray>
#include <QString>
#include <QTemporaryDir>

namespace quoin::test {

/// A server with a folder to drop plugins into while it runs. All of it is gone at the end.
class PluginGround
{
public:
    PluginGround();

    QuoinProcess &server() { return m_server; }
    QString folder() const { return m_directory.filePath(QStringLiteral("plugins")); }
    QString file(const QString &id) const { return folder() + u'/' + id + QStringLiteral(".so"); }

    /// The bytes of a plugin of tests/plugins; with a version, of the one that has several.
    static QByteArray built(const QString &id, const QString &version = {});

    /// Puts a plugin into the folder at one stroke, as packages and `quoin plugin install` do: rename(2).
    void drop(const QString &id, const QByteArray &bytes) const;
    void drop(const QString &id) const { drop(id, built(id)); }
    void dropChanging(const QString &version) const { drop(QStringLiteral("changing"), built({}, version)); }
    /// Writes over the file that is there, as `cp` does.
    void copyOver(const QString &id, const QByteArray &bytes) const;
    void remove(const QString &id) const;
    /// The plugins that the program comes with: counter, records, sip.
    void dropShipped() const;

    /// A request on a connection of its own.
    HttpReply get(const QByteArray &target) const { return HttpClient(m_server.port()).get(target); }

    /// How many lines the server has written that have all of these parts.
    qsizetype lines(const QByteArrayList &parts) const;

private:
    QTemporaryDir m_directory;
    QuoinProcess m_server{m_directory.path()};
};

/// Whether the program is built with a sanitizer, which takes the signals of a crash for itself.
constexpr bool isSanitized()
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return true;
#else
    return false;
#endif
}

} // namespace quoin::test
