// SPDX-License-Identifier: GPL-3.0-only
#include "peerprocess.h"

#include "support/quoinprocess.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QRegularExpression>
#include <QThread>

#include <csignal>
#include <sys/prctl.h>

using namespace Qt::StringLiterals;

namespace quoin::test {
namespace {

const QString python = u"/usr/bin/python3"_s; // Debian's, which has the packages
const QString applications = QStringLiteral(QUOIN_E2E_SOURCE_DIR "/../peer");

} // namespace

QProcessEnvironment peerEnvironment()
{
    auto environment = QProcessEnvironment::systemEnvironment();
    for (const QString &key : environment.keys()) {
        if (key.startsWith("QUOIN_"_L1) || key.startsWith("SQLALCHEMY_"_L1) || key.startsWith("CELERY_"_L1)
            || key.startsWith("PEER_"_L1) || key == "REDIS_HOST"_L1)
            environment.remove(key);
    }
    environment.remove(u"LD_PRELOAD"_s); // a sanitizer's, if there is one: not for Python
    environment.insert(u"PYTHONDONTWRITEBYTECODE"_s, u"1"_s);
    environment.insert(u"PYTHONUNBUFFERED"_s, u"1"_s);
    return environment;
}

PeerProcess::PeerProcess(const QString &directory, const QProcessEnvironment &environment)
    : m_directory(directory)
    , m_environment(environment)
{
    QDir().mkpath(directory);
}

PeerProcess::~PeerProcess() { kill(); }

void PeerProcess::launch(const QString &program, const QStringList &arguments)
{
    kill();
    m_process = std::make_unique<QProcess>();
    const QString log = m_directory + u"/output.log"_s;
    QFile::remove(log);
    m_process->setStandardOutputFile(log, QIODevice::Append);
    m_process->setStandardErrorFile(log, QIODevice::Append);
    m_process->setProcessEnvironment(m_environment);
    m_process->setWorkingDirectory(m_directory);
    m_process->setChildProcessModifier([] { ::prctl(PR_SET_PDEATHSIG, SIGKILL); });
    m_process->start(program, arguments, QIODevice::NotOpen);
    m_process->waitForStarted();
}

bool PeerProcess::waitForLine(const char *part)
{
    QElapsedTimer clock;
    clock.start();
    while (isRunning() && clock.elapsed() < 60'000) {
        if (output().contains(part))
            return true;
        m_process->waitForFinished(10);
    }
    return false;
}

bool PeerProcess::startWeb(int workers)
{
    launchWeb(workers);
    return waitForWeb();
}

void PeerProcess::launchWeb(int workers)
{
    launch(u"/usr/bin/gunicorn"_s,
           {u"-w"_s, QString::number(workers), u"-b"_s, u"127.0.0.1:0"_s, u"--chdir"_s, applications, u"app:app"_s});
}

bool PeerProcess::waitForWeb()
{
    if (!waitForLine("Listening at:"))
        return false;
    static const QRegularExpression address(uR"(Listening at: http://127\.0\.0\.1:(\d+))"_s);
    m_port = address.match(QString::fromUtf8(output())).captured(1).toUShort();
    return m_port != 0;
}

void PeerProcess::startCelery(const QStringList &arguments)
{
    launch(python, QStringList{u"-m"_s, u"celery"_s, u"--workdir"_s, applications, u"-A"_s, u"tasks"_s} + arguments);
}

bool PeerProcess::startWorker(const QStringList &options)
{
    launchWorker(options);
    return waitForWorker();
}

void PeerProcess::launchWorker(const QStringList &options)
{
    startCelery(QStringList{u"worker"_s, u"-l"_s, u"INFO"_s, u"-c"_s, u"2"_s} + options);
}

bool PeerProcess::waitForWorker() { return waitForLine(" ready."); }

QByteArray PeerProcess::runCelery(const QStringList &arguments)
{
    startCelery(arguments);
    waitForExit();
    return output();
}

void PeerProcess::freeze()
{
    if (!isRunning())
        return;
    ::kill(static_cast<pid_t>(processId()), SIGSTOP); // first, so that it starts no more
    for (const qint64 child : childrenOf(processId()))
        ::kill(static_cast<pid_t>(child), SIGSTOP);
}

void PeerProcess::kill()
{
    if (!isRunning())
        return;
    freeze();
    const QList<qint64> started = childrenOf(processId());
    for (const qint64 child : started)
        ::kill(static_cast<pid_t>(child), SIGKILL);
    m_process->kill();
    m_process->waitForFinished();
    for (const qint64 child : started) {
        while (isAlive(child))
            QThread::yieldCurrentThread();
    }
}

std::optional<int> PeerProcess::waitForExit(std::chrono::milliseconds patience)
{
    if (!m_process)
        return std::nullopt;
    if (m_process->state() != QProcess::NotRunning && !m_process->waitForFinished(static_cast<int>(patience.count())))
        return std::nullopt;
    return m_process->exitStatus() == QProcess::NormalExit ? std::optional(m_process->exitCode()) : std::nullopt;
}

QByteArray PeerProcess::output() const
{
    QFile log(m_directory + u"/output.log"_s);
    return log.open(QIODevice::ReadOnly) ? log.readAll() : QByteArray();
}

QByteArray PeerProcess::report() const
{
    const QByteArray text = output();
    return (isRunning() ? "\n  is running: " : "\n  has ended: ") + text.last(std::min<qsizetype>(text.size(), 900));
}

} // namespace quoin::test
