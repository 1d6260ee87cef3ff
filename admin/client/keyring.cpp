// SPDX-License-Identifier: GPL-3.0-only
#include "client/keyring.h"

#include <QDir>
#include <QFile>
#include <QPointer>
#include <QSaveFile>
#include <QStandardPaths>

#ifdef QUOIN_ADMIN_KEYCHAIN
#    include <qt6keychain/keychain.h>
#endif

using namespace Qt::StringLiterals;

namespace admin {

namespace {

constexpr auto ownerOnly = QFileDevice::ReadOwner | QFileDevice::WriteOwner;

// QSaveFile's temporary file is 0600 from its first byte on, and the rename keeps that.
QString writeFile(const QString &path, const QString &token)
{
    const QString folder = QFileInfo(path).path();
    if (!QDir().mkpath(folder))
        return TokenStore::tr("The folder %1 cannot be made.").arg(folder);
    QFile::setPermissions(folder, ownerOnly | QFileDevice::ExeOwner);
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || !file.setPermissions(ownerOnly) || file.write(token.toUtf8() + '\n') < 0
        || !file.commit())
        return TokenStore::tr("The token cannot be kept in %1: %2.").arg(path, file.errorString());
    return {};
}

// Nothing is told before the caller returned, as with a keyring.
void later(QObject *context, const std::function<void()> &what)
{
    QMetaObject::invokeMethod(context, what, Qt::QueuedConnection);
}

#ifdef QUOIN_ADMIN_KEYCHAIN
constexpr auto service = "quoin-admin";
#endif

} // namespace

TokenStore::TokenStore(Place preferred, QObject *parent)
    : QObject(parent)
#ifdef QUOIN_ADMIN_KEYCHAIN
    , m_hasKeyring(preferred == Place::Keyring)
#else
    , m_hasKeyring(false)
#endif
{
    Q_UNUSED(preferred)
}

QString TokenStore::fileOf(const QString &id)
{
    return QStandardPaths::writableLocation(QStandardPaths::AppConfigLocation) + u"/tokens/"_s + id;
}

QString tokenOfFile(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return QString::fromUtf8(file.readLine(4096)).trimmed();
}

void TokenStore::read(const QString &id, QObject *context, const std::function<void(const QString &)> &done)
{
    // A file is there only if the keyring did not take it.
    const QString path = fileOf(id);
    if (!m_hasKeyring || QFile::exists(path)) {
        later(context, [path, done] { done(tokenOfFile(path)); });
        return;
    }
#ifdef QUOIN_ADMIN_KEYCHAIN
    auto *job = new QKeychain::ReadPasswordJob(QString::fromLatin1(service), this);
    job->setKey(id);
    connect(job, &QKeychain::Job::finished, context, [job, done] { done(job->textData()); });
    job->start();
#endif
}

void TokenStore::write(const QString &id, const QString &token, QObject *context,
                       const std::function<void(const QString &, Place)> &done)
{
    const QString path = fileOf(id);
    if (!m_hasKeyring) {
        later(context, [path, token, done] { done(writeFile(path, token), Place::File); });
        return;
    }
#ifdef QUOIN_ADMIN_KEYCHAIN
    auto *job = new QKeychain::WritePasswordJob(QString::fromLatin1(service), this);
    job->setKey(id);
    job->setTextData(token);
    connect(job, &QKeychain::Job::finished, context, [job, path, token, done] {
        if (job->error() == QKeychain::NoError) {
            QFile::remove(path);
            done({}, Place::Keyring);
        } else {
            done(writeFile(path, token), Place::File);
        }
    });
    job->start();
#endif
}

void TokenStore::remove(const QString &id)
{
    QFile::remove(fileOf(id));
#ifdef QUOIN_ADMIN_KEYCHAIN
    if (m_hasKeyring) {
        auto *job = new QKeychain::DeletePasswordJob(QString::fromLatin1(service), this);
        job->setKey(id);
        job->start();
    }
#endif
}

} // namespace admin
