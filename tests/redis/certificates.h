// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QProcess>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>

namespace quoin::test {

/// A folder with a certification authority of the test's own, made with the tool that people use.
class Certificates
{
public:
    Certificates()
    {
        openssl({QStringLiteral("req"), QStringLiteral("-x509"), QStringLiteral("-newkey"), QStringLiteral("ed25519"),
                 QStringLiteral("-nodes"), QStringLiteral("-subj"), QStringLiteral("/CN=test authority"),
                 QStringLiteral("-keyout"), key(QStringLiteral("ca")), QStringLiteral("-out"), authority()});
    }

    QString authority() const { return file(QStringLiteral("ca")); }
    QString file(const QString &name) const { return m_folder.filePath(name + QStringLiteral(".pem")); }
    QString key(const QString &name) const { return m_folder.filePath(name + QStringLiteral(".key")); }

    /// names: "DNS:localhost,IP:127.0.0.1".
    void make(const QString &name, const QString &names) const
    {
        openssl({QStringLiteral("req"), QStringLiteral("-x509"), QStringLiteral("-CA"), authority(),
                 QStringLiteral("-CAkey"), key(QStringLiteral("ca")), QStringLiteral("-newkey"),
                 QStringLiteral("ed25519"), QStringLiteral("-nodes"), QStringLiteral("-subj"),
                 QStringLiteral("/CN=") + name, QStringLiteral("-addext"), QStringLiteral("subjectAltName=") + names,
                 QStringLiteral("-addext"), QStringLiteral("basicConstraints=critical,CA:FALSE"),
                 QStringLiteral("-keyout"), key(name), QStringLiteral("-out"), file(name)});
    }

private:
    static void openssl(const QStringList &arguments)
    {
        QProcess process;
        process.start(QStringLiteral("openssl"), arguments);
        if (!process.waitForFinished() || process.exitCode() != 0)
            qFatal("openssl: %s", process.readAllStandardError().constData());
    }

    QTemporaryDir m_folder;
};

} // namespace quoin::test
