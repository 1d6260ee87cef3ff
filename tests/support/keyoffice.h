// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>

namespace quoin::test {

/// A folder of keys and lists, made with the tool that people use.
class KeyOffice
{
public:
    KeyOffice()
    {
        QFile::setPermissions(m_root.path(), QFileDevice::ReadOwner | QFileDevice::WriteOwner | QFileDevice::ExeOwner);
    }

    QString path(const QString &name) const { return m_root.filePath(name); }

    QString write(const QString &name, const QByteArray &text) const
    {
        QFile file(path(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("cannot write %s", qPrintable(name));
        file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
        return file.fileName();
    }

    /// The file of the public key.
    QString makeKey(const QString &name, const QString &algorithm = QStringLiteral("ed25519")) const
    {
        QDir(m_root.path()).mkpath(QFileInfo(path(name)).path());
        openssl({QStringLiteral("genpkey"), QStringLiteral("-algorithm"), algorithm, QStringLiteral("-out"),
                 path(name + QStringLiteral(".key"))});
        openssl({QStringLiteral("pkey"), QStringLiteral("-in"), path(name + QStringLiteral(".key")),
                 QStringLiteral("-pubout"), QStringLiteral("-out"), path(name + QStringLiteral(".pem"))});
        QFile::setPermissions(path(name + QStringLiteral(".pem")), QFileDevice::ReadOwner | QFileDevice::WriteOwner);
        return path(name + QStringLiteral(".pem"));
    }

    QByteArray sign(const QString &key, const QString &file) const
    {
        openssl({QStringLiteral("pkeyutl"), QStringLiteral("-sign"), QStringLiteral("-rawin"), QStringLiteral("-inkey"),
                 path(key + QStringLiteral(".key")), QStringLiteral("-in"), file, QStringLiteral("-out"),
                 path(QStringLiteral("signature"))});
        QFile signature(path(QStringLiteral("signature")));
        return signature.open(QIODevice::ReadOnly) ? signature.readAll() : QByteArray();
    }

private:
    static void openssl(const QStringList &arguments)
    {
        QProcess process;
        process.start(QStringLiteral("openssl"), arguments);
        if (!process.waitForFinished() || process.exitCode() != 0)
            qFatal("openssl: %s", process.readAllStandardError().constData());
    }

    QTemporaryDir m_root;
};

} // namespace quoin::test
