// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "support/httpclient.h"

#include <QProcess>
#include <QString>
#include <QStringList>

#include <chrono>
#include <memory>
#include <optional>

namespace quoin::test {

/// The built program as a user runs it: a real process with a data directory, a port of its own and
/// nothing else of the caller's environment that names a service. It ends with this object. One
/// thread.
class QuoinProcess
{
public:
    /// directory exists and is the caller's to remove; the data directory and the program's output
    /// go below it.
    explicit QuoinProcess(const QString &directory);
    ~QuoinProcess(); ///< kill -9, if it still runs.
    Q_DISABLE_COPY(QuoinProcess)

    /// The program under test: $QUOIN_BINARY, else the one of this build.
    static QString binary();
    /// Where `--data.dir` points.
    QString dataDirectory() const { return m_directory + QStringLiteral("/data"); }
    QString sipDirectory() const { return dataDirectory() + QStringLiteral("/sips"); }
    /// `--database.url`: a SQLite file of its own, unless set.
    QString databaseUrl() const { return m_values.value(m_keys.indexOf(QStringLiteral("database.url"))); }

    /// Sets --key value for the next start(); replaces an earlier one. An empty value takes it
    /// away.
    void set(const QString &key, const QString &value);
    void setEnvironment(const QProcessEnvironment &environment) { m_environment = environment; }
    const QProcessEnvironment &environment() const { return m_environment; }
    /// What start() starts: "serve" unless told, or "serve --single", or "worker".
    void setCommand(const QStringList &command) { m_command = command; }

    /// Listening sockets that start() passes on as a service manager does (sd_listen_fds(3)); lent.
    void setSockets(const QList<int> &descriptors) { m_sockets = descriptors; }
    /// The settings file it finds, empty unless written to.
    QString settingsFile() const { return m_directory + QStringLiteral("/config/quoin/quoin.ini"); }
    void writeSettings(const QByteArray &ini) const;

    /// Starts the command with the settings and waits for the line that names its address, or says that it runs tasks.
    /// False if it ended before: see report().
    bool start();
    /// Starts `quoin ARGUMENTS` without the settings and waits for its end.
    bool run(const QStringList &arguments);

    quint16 port() const { return m_port; }
    qint64 processId() const { return m_process ? m_process->processId() : 0; }
    bool isRunning() const { return m_process && m_process->state() == QProcess::Running; }
    /// The processes it has started that still run: its workers, and who is probing a plugin.
    QList<qint64> children() const;
    void kill();      ///< kill -9, it and its children at one moment, as a power cut would; waits.
    void killAlone(); ///< kill -9 of it alone, and wait; its workers find out by themselves.
    void terminate(); ///< SIGTERM.
    /// Its exit code; nothing if it was killed by a signal, or still runs after the patience.
    std::optional<int> waitForExit(std::chrono::milliseconds patience = std::chrono::seconds(30));

    /// Resident memory of it and its children, summed (pages they share count for each), now and at their peaks.
    qint64 residentBytes() const;
    qint64 peakResidentBytes() const;

    /// What it wrote since the last start, both streams.
    QByteArray output() const;
    /// The command, the exit and the output: what to print when a promise is broken.
    QByteArray report() const;

private:
    void launch(const QStringList &arguments);

    QString m_directory;
    QStringList m_command{QStringLiteral("serve")};
    QStringList m_keys;
    QStringList m_values;
    QProcessEnvironment m_environment;
    QList<int> m_sockets;
    std::unique_ptr<QProcess> m_process;
    quint16 m_port = 0;
};

/// The processes that a process has started and that are not zombies; and those that are.
QList<qint64> childrenOf(qint64 processId);
QList<qint64> zombiesOf(qint64 processId);

/// Whether there is such a process, zombies aside.
bool isAlive(qint64 processId);

/// Resident memory of a process in bytes, now and at its peak (proc_pid_status(5)); 0 if there is
/// no such process.
qint64 residentBytes(qint64 processId);
qint64 peakResidentBytes(qint64 processId);

} // namespace quoin::test
