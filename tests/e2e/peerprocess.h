// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QProcess>
#include <QProcessEnvironment>
#include <QString>
#include <QStringList>

#include <chrono>
#include <memory>
#include <optional>

namespace quoin::test {

/// Everything of the caller's environment but what names a service; Debian's Python with it.
QProcessEnvironment peerEnvironment();

/// A process of the Python stack of tests/peer: gunicorn with the Flask application, or a Celery worker, with the
/// processes it starts. It ends with this object, and with the test if that crashes. One thread.
class PeerProcess
{
public:
    /// directory is made if it is not there; output.log goes there.
    PeerProcess(const QString &directory, const QProcessEnvironment &environment);
    ~PeerProcess(); ///< kill().
    Q_DISABLE_COPY(PeerProcess)

    void setEnvironment(const QString &name, const QString &value) { m_environment.insert(name, value); }

    /// gunicorn on a free port; true once it listens. Its workers may still be importing: a request waits for them.
    bool startWeb(int workers);
    void launchWeb(int workers); ///< The first half of it,
    bool waitForWeb();           ///< and the second.
    /// `celery worker` with two processes unless the options say otherwise; true once it takes tasks.
    bool startWorker(const QStringList &options = {});
    void launchWorker(const QStringList &options = {});
    bool waitForWorker();
    /// `celery ARGUMENTS`, to its end: what it printed, both streams.
    QByteArray runCelery(const QStringList &arguments);
    /// The same without waiting; see waitForExit() and output().
    void startCelery(const QStringList &arguments);

    quint16 port() const { return m_port; }
    qint64 processId() const { return m_process ? m_process->processId() : 0; }
    bool isRunning() const { return m_process && m_process->state() == QProcess::Running; }
    void freeze(); ///< SIGSTOP: it and its processes keep what they hold, and do nothing.
    void kill();   ///< kill -9, it and its processes, as a power cut would; waits.
    std::optional<int> waitForExit(std::chrono::milliseconds patience = std::chrono::seconds(30));

    QByteArray output() const;
    QByteArray report() const; ///< The end of the output, to print when a promise is broken.

private:
    void launch(const QString &program, const QStringList &arguments);
    bool waitForLine(const char *part);

    QString m_directory;
    QProcessEnvironment m_environment;
    std::unique_ptr<QProcess> m_process;
    quint16 m_port = 0;
};

} // namespace quoin::test
