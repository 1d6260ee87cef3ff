// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/session.h"

#include <QCryptographicHash>
#include <QObject>
#include <QPointer>
#include <QSaveFile>

#include <memory>

namespace admin {

/// Downloads a package to a file and computes its SHA-256 while it comes. The file appears only when it is whole and
/// its digest is that which the server has for the package; else nothing is left behind.
class PackageSaver : public QObject
{
    Q_OBJECT

public:
    explicit PackageSaver(QObject *parent = nullptr);
    ~PackageSaver() override;

    void setSession(Session *session);
    void save(const QJsonObject &package, const QString &path);
    void cancel();
    bool isRunning() const { return m_reply; }
    qint64 received() const { return m_received; }
    qint64 size() const { return m_size; }
    const QString &path() const { return m_path; }

Q_SIGNALS:
    void progressed();
    void saved(const QString &path);
    /// What went wrong and what to do, in a sentence. Empty: it was cancelled.
    void failed(const QString &sentence);

private:
    void take(const QByteArray &bytes);
    void finish(const ApiReply &reply);
    void give(const QString &sentence);

    QPointer<Session> m_session;
    QPointer<ApiReply> m_reply;
    std::unique_ptr<QSaveFile> m_file;
    QCryptographicHash m_hash{QCryptographicHash::Sha256};
    QString m_path, m_writeError;
    QByteArray m_expected;
    qint64 m_received = 0, m_size = 0;
};

} // namespace admin
