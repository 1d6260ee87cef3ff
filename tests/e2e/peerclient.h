// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QJsonArray>
#include <QJsonObject>
#include <QProcess>
#include <QProcessEnvironment>
#include <QString>

namespace quoin::test {

/// A Python producer, tests/peer/client.py: one interpreter that does what it is asked, one thing after another. It
/// ends with this object. One thread; blocks.
class PeerClient
{
public:
    explicit PeerClient(const QProcessEnvironment &environment);
    ~PeerClient();
    Q_DISABLE_COPY(PeerClient)

    /// The answer; {"raised": ...} if Python raised or ended. arguments are those of the function of that name in
    /// client.py.
    QJsonObject ask(const QString &what, const QJsonObject &arguments = {});

    /// send_task(): the task's id.
    QString send(const QString &task, const QJsonArray &arguments = {}, const QJsonObject &options = {});
    /// AsyncResult.get(): {"result": ...} or {"raised": ..., "arguments": [...]}.
    QJsonObject get(const QString &id, double timeout = 30);
    QString state(const QString &id);

private:
    QProcess m_process;
};

/// What client.py makes a signature of. options: "queue", "task_id", ...
QJsonObject signature(const QString &task, const QJsonArray &arguments = {}, const QJsonObject &options = {},
                      bool isImmutable = false);

} // namespace quoin::test
