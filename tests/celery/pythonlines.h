// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QJsonObject>
#include <QList>
#include <QProcess>

/// A program of Python that speaks lines of JSON, or a command of Celery. It runs in tests/celery, finds the broker in
/// $BROKER, and ends with this object. Waiting runs the test's event loop, because what is asked lives there.
class PythonLines
{
public:
    explicit PythonLines(const QString &broker);
    ~PythonLines();
    Q_DISABLE_COPY_MOVE(PythonLines)

    /// python3 ARGUMENTS. Does not wait.
    void start(const QStringList &arguments);
    /// The same, and waits until it has said that it is ready.
    bool startAndWait(const QStringList &arguments);

    /// Says a line and waits for the next one. Undefined: none came.
    QJsonValue ask(const QJsonObject &question);
    /// The next line, or undefined if none comes for 20 s.
    QJsonValue next();
    bool hasLines();

    /// Waits for the end; the exit code, or -1 if it was killed or does not end.
    int waitForEnd();
    void terminate() { m_process.terminate(); } ///< SIGTERM.
    bool isRunning() const { return m_process.state() == QProcess::Running; }
    /// Everything said so far that was not read as a line, errors with it.
    QByteArray output();

private:
    QProcess m_process;
    QByteArray m_output;
};
