// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/session.h"

#include <QObject>
#include <QPointer>
#include <QString>

namespace admin {

/// One gate that a plugin file goes through, as the server decided it.
struct Gate
{
    QString name;   ///< "take", "lint", "trust", "metadata", "probe", "plan", "live"
    QString status; ///< "passed", "failed", "skipped"
    QString detail = {};
    QString remedy = {};
};

/// Sends a plugin file to the server and tells, gate by gate, what becomes of it (POST /admin/v1/plugins). Reads the
/// file beside the window; nothing blocks.
class InstallJob : public QObject
{
    Q_OBJECT

public:
    InstallJob(Session *session, const QString &file, QObject *parent);

    const QString &file() const { return m_file; }
    /// Once.
    void start();
    /// Ends it with finished(); what the server has accepted by then stays.
    void cancel();

    /// After finished(): "live", "refused", "unchanged", "pending"; empty if the server did not get to it.
    const QString &outcome() const { return m_outcome; }
    const QString &pluginId() const { return m_id; }
    const QString &version() const { return m_version; }
    /// Why there is no outcome.
    const Problem &problem() const { return m_problem; }

Q_SIGNALS:
    void uploadProgress(qint64 sent, qint64 total);
    void decided(const admin::Gate &gate);
    /// Once.
    void finished();

private:
    void send(const QByteArray &bytes);
    void take(const QByteArray &bytes);
    void takeLine(const QByteArray &line);
    void conclude(const Problem &problem = {});

    QPointer<Session> m_session;
    const QString m_file;
    QPointer<ApiReply> m_reply;
    QByteArray m_buffer;
    QString m_outcome, m_id, m_version;
    Problem m_problem;
    bool m_isFinished = false;
};

} // namespace admin
