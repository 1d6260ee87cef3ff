// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QList>
#include <QProcess>
#include <QProcessEnvironment>
#include <QString>

#include <chrono>
#include <memory>
#include <optional>

namespace quoin::test {

/// The one program that a host of a TopologyNet runs, as the only one that runs there: it is process 1, as in a
/// container. Its home is a folder of the host's own. It ends with this object, and with the test if that crashes. One
/// thread.
class HostProcess
{
public:
    /// home is made if it is not there.
    HostProcess(const QString &host, const QString &home);
    ~HostProcess(); ///< kill().
    Q_DISABLE_COPY(HostProcess)

    void setEnvironment(const QString &name, const QString &value) { m_environment.insert(name, value); }
    /// Lines of a shell; what the last one names is the program.
    void setCommands(const QString &commands) { m_commands = commands; }

    /// Does not wait for more than the process: see output().
    bool start();
    void kill();      ///< kill -9 of all that runs on the host, at one moment, as a power cut would; waits.
    void terminate(); ///< SIGTERM.
    void hangUp();    ///< SIGHUP.
    /// Its exit code; nothing if it was killed by a signal, or still runs after the patience.
    std::optional<int> waitForExit(std::chrono::milliseconds patience = std::chrono::seconds(60));

    QString host() const { return m_host; }
    QString home() const { return m_home; }
    qint64 processId() const { return m_process ? m_process->processId() : 0; }
    bool isRunning() const;
    QList<qint64> children() const;

    /// What it has written since it was first started.
    QByteArray output() const;
    QByteArray report() const; ///< The end of the output, to print when a promise is broken.

private:
    QString m_host;
    QString m_home;
    QString m_commands;
    QProcessEnvironment m_environment;
    std::unique_ptr<QProcess> m_process;
};

} // namespace quoin::test
