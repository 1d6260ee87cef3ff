// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/session.h"

#include <QList>
#include <QObject>
#include <QPointer>

namespace admin {

/// Has the server read packages again, one after the other, so that a long list does not keep it from everything else.
class PackageVerifier : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    void setSession(Session *session);
    /// Adds them to what is to be done.
    void verify(const QList<qint64> &ids);
    /// What is under way ends; the rest is forgotten.
    void cancel();
    bool isRunning() const { return m_reply || !m_waiting.isEmpty(); }
    int total() const { return m_total; }
    int finished() const { return m_good + m_bad + m_failed; }
    int good() const { return m_good; }
    /// Read, and not as they were made.
    int bad() const { return m_bad; }

Q_SIGNALS:
    void progressed();
    /// The package as it is now.
    void verified(const QJsonObject &package);
    /// No more to do. `problem`: of the last one that could not be verified at all; its kind is None without one.
    void ended(const admin::Problem &problem);

private:
    void next();
    void take(const ApiReply &reply);

    QPointer<Session> m_session;
    QPointer<ApiReply> m_reply;
    QList<qint64> m_waiting;
    Problem m_problem;
    int m_total = 0, m_good = 0, m_bad = 0, m_failed = 0;
};

} // namespace admin
