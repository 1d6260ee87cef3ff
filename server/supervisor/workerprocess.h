// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "supervisor/channel.h"

#include <QJsonObject>
#include <QProcess>
#include <QStringList>

#include <memory>

namespace quoin::supervisor {

/// How a process ended.
struct ProcessEnd
{
    enum How { Left, Killed, NotStarted };
    How how = Left;
    int code = 0;  ///< Left: the exit code. Killed: the signal's number.
    QString error; ///< NotStarted: why.

    bool isClean() const { return how == Left && code == 0; }
    /// "SIGSEGV", "exit code 3", "it could not be started: ...".
    QString text() const;
};

/// One child process of the same or another program, with a Channel to it. It finds the descriptors of handover.h open
/// and nothing else, its standard input empty, its output where ours goes, no LD_* in its environment; it can gain no
/// privileges by execve (PR_SET_NO_NEW_PRIVS) and is in a process group of its own, so that Ctrl+C reaches only us.
/// On the thread of its event loop. Destroying it kills the process.
class WorkerProcess final : public QObject
{
    Q_OBJECT

public:
    struct Options
    {
        QString program;
        QStringList arguments;
        int memory = -1; ///< Lent for the call.
        QJsonObject brief;
    };

    explicit WorkerProcess(QObject *parent = nullptr);
    ~WorkerProcess() override;

    /// Once. Unavailable when out of descriptors or memory; a program that cannot be run is told by ended().
    Result<> start(const Options &options);

    /// 0 before start(); kept after the end.
    qint64 pid() const { return m_pid; }
    bool isRunning() const { return m_process.state() != QProcess::NotRunning; }
    /// False as Channel::send(), and before start().
    bool send(char type, const QByteArray &payload = {}, int descriptor = -1);
    bool send(char type, const QJsonObject &payload);
    /// Ends its whole process group at once, children of plugins too.
    void kill();

Q_SIGNALS:
    void received(char type, const QByteArray &payload, int descriptor);
    /// The process is gone and all it sent was received. Once; not after start() failed.
    void ended(const quoin::supervisor::ProcessEnd &end);

private:
    void finish(const ProcessEnd &end);

    QProcess m_process;
    std::unique_ptr<Channel> m_channel;
    qint64 m_pid = 0;
    bool m_hasEnded = false;
};

} // namespace quoin::supervisor
