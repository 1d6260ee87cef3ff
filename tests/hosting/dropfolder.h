// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QString>
#include <QTemporaryDir>

/// A folder to drop plugins into and a store beside it, both gone at the end.
class DropFolder
{
public:
    DropFolder();

    QString path() const { return m_root.filePath(QStringLiteral("plugins")); }
    QString store() const { return m_root.filePath(QStringLiteral("store")); }
    QString file(const QString &name) const { return path() + u'/' + name; }

    /// Copies the built test plugin <id>.so into the folder, as <name> if that is given; its path.
    QString add(const QString &id, const QString &name = {}) const;
    /// Writes a file with these bytes; its path.
    QString write(const QString &name, const QByteArray &bytes) const;

    /// The bytes of a built test plugin.
    static QByteArray plugin(const QString &id);

private:
    QTemporaryDir m_root;
};
