// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QProcess>
#include <QString>
#include <QTemporaryDir>

#include <memory>

/// A PostgreSQL cluster of the test's own: made by Debian's initdb in a temporary folder, stopped and removed with this
/// object. It never meets another cluster: its socket is in its folder, and its TCP port, if one is asked for, is free
/// and on the loopback only, unless it has a network of its own. As root it runs as user postgres, since PostgreSQL
/// refuses to run as root. It dies with the test, also when that crashes.
class PostgresServer
{
public:
    enum class Listen {
        Socket,
        SocketAndTcp,
        Network ///< Port 5432 of every address, to whoever asks: for a network namespace.
    };
    enum class Durable { No, Yes }; ///< No: fsync is off, for tests that do not cut the power.

    PostgresServer();
    ~PostgresServer();
    Q_DISABLE_COPY_MOVE(PostgresServer)

    /// Where Debian keeps initdb; empty: not installed, and a test may QSKIP.
    static QString binaries();

    /// Makes the cluster the first time, and starts it. False: log() says why.
    bool start(Listen listen = Listen::Socket, Durable durable = Durable::No);
    /// Ends sessions and stops, as an operator would (SIGINT, "fast").
    void stop();
    /// Stops without a checkpoint or a word to the clients, as a crash would (SIGQUIT, "immediate").
    void crash();
    bool isRunning() const;
    qint64 pid() const { return m_process ? m_process->processId() : 0; }

    /// Makes an empty database.
    bool createDatabase(const QString &name);
    /// Runs SQL as the superuser "quoin"; what psql printed, unaligned. Null: it failed, and log() ends with why.
    QByteArray sql(const QString &statement, const QString &database = QStringLiteral("postgres"));

    /// "postgresql://quoin@/NAME?host=FOLDER&port=5432", over the socket.
    QString url(const QString &database) const;
    /// "postgresql://quoin@127.0.0.1:PORT/NAME", for clients that cannot use the socket.
    QString tcpUrl(const QString &database) const;
    QString folder() const { return m_folder.path(); }
    int port() const { return m_port; }
    QByteArray log() const;

private:
    bool makeCluster();
    bool admitEverybody();
    bool waitUntilReady();
    void end(int signal);
    bool run(const QString &program, const QStringList &arguments, QByteArray *output = nullptr);
    QProcess *makeProcess(const QString &program, const QStringList &arguments);

    QTemporaryDir m_folder;
    std::unique_ptr<QProcess> m_process;
    QByteArray m_log;
    int m_port = 5432;
};
