// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QProcess>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>

#include <memory>

namespace quoin::test {

/// A Redis of the test's own: a loopback port, a Unix socket and its data in a temporary folder, all gone with this
/// object. It dies with the test, also when that crashes. One thread.
class RedisServer
{
public:
    enum class Data { Keep, Drop };

    RedisServer();
    ~RedisServer(); ///< kill -9, by its own process id.
    Q_DISABLE_COPY_MOVE(RedisServer)

    /// Whether redis-server and redis-cli are there; if not, a test may QSKIP.
    static bool isInstalled();

    /// A port of the loopback that nobody listens on now, for what arguments name.
    static quint16 freePort();

    /// Starts it and waits until it answers. arguments are added to its command line ("--requirepass", "secret"), and
    /// kept for restart(). False: log() says why.
    bool start(const QStringList &arguments = {});
    void stop(); ///< kill -9, and waits for its end: a crash.
    /// Starts it again on the same port, with what it had acknowledged before, or empty. Stops it first if it runs.
    bool restart(Data data = Data::Keep);
    void hang();   ///< SIGSTOP: it keeps its connections and answers nothing.
    void resume(); ///< SIGCONT.
    bool isRunning() const { return m_process && m_process->state() == QProcess::Running; }
    qint64 processId() const { return m_process ? m_process->processId() : 0; }

    quint16 port() const { return m_port; }
    QString folder() const { return m_folder.path(); }
    QString socketPath() const { return m_folder.filePath(QStringLiteral("redis.sock")); }
    QString url(int database = 0) const;       ///< redis://127.0.0.1:PORT/DATABASE
    QString socketUrl(int database = 0) const; ///< redis+socket:///...?virtual_host=DATABASE

    /// What redis-cli prints for one command, without the last line break: cli({"LLEN", "celery"}) is "3". It goes over
    /// the Unix socket, as the password of --requirepass if one was given.
    QByteArray cli(const QStringList &arguments) const;
    QByteArray log() const;

private:
    bool launch();
    bool waitUntilReady();
    void dropData();

    QTemporaryDir m_folder;
    std::unique_ptr<QProcess> m_process;
    QStringList m_arguments;
    quint16 m_port = 0;
};

} // namespace quoin::test
