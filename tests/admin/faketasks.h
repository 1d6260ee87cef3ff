// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "fakeserver.h"

#include <QJsonArray>

namespace admin {

/// The part of the API that is about tasks, with tasks that a test makes up.
class FakeTasks
{
public:
    explicit FakeTasks(FakeServer &server);

    /// Adds one at the top; gives back its id.
    qint64 add(const QString &name, const QString &state, const QJsonObject &more = {});
    void setState(qint64 id, const QString &state);
    void remove(qint64 id);
    QString stateOf(qint64 id) const;
    qsizetype size() const { return m_tasks.size(); }

    QJsonArray workers, queues;
    /// The arguments of every task, byte for byte.
    QByteArray arguments = "[17]";

private:
    using Asked = FakeServer::Asked;
    using Answer = FakeServer::Answer;
    QList<QJsonObject> matching(const Asked &asked, const QStringList &states = {}) const;
    Answer list(const Asked &asked) const;
    Answer counts(const Asked &asked) const;
    Answer show(const Asked &asked) const;
    Answer change(const Asked &asked, const QString &to);
    Answer changeAll(const Asked &asked, const QString &to, const QStringList &from);

    QList<QJsonObject> m_tasks; ///< the newest first
    qint64 m_next = 1;
};

} // namespace admin
