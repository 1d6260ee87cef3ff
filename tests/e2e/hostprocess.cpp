// SPDX-License-Identifier: GPL-3.0-only
#include "hostprocess.h"

#include "peerprocess.h"
#include "support/quoinprocess.h"
#include "topologynet.h"

#include <QDir>
#include <QFile>

#include <csignal>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>

using namespace Qt::StringLiterals;

namespace quoin::test {
namespace {

/// In the child: what /proc shows are the processes of its host, and nobody else's.
void settleIn()
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("proc", "/proc", "proc", 0, nullptr) != 0)
        ::_exit(70);
}

/// The last line takes the place of the shell.
QString becomingTheProgram(const QString &commands)
{
    QStringList lines = commands.trimmed().split(u'\n');
    lines.last().prepend(u"exec "_s);
    return lines.join(u'\n');
}

} // namespace

HostProcess::HostProcess(const QString &host, const QString &home)
    : m_host(host)
    , m_home(home)
    , m_environment(peerEnvironment())
{
    QDir().mkpath(home);
    for (const QString &name : {u"XDG_DATA_HOME"_s, u"XDG_CONFIG_HOME"_s})
        m_environment.remove(name);
    m_environment.insert(u"HOME"_s, home);
    const QString programs = QFileInfo(QuoinProcess::binary()).path();
    m_environment.insert(u"PATH"_s, programs + u':' + m_environment.value(u"PATH"_s) + u":/usr/sbin"_s);
}

HostProcess::~HostProcess() { kill(); }

bool HostProcess::start()
{
    kill();
    m_process = std::make_unique<QProcess>();
    const QString log = m_home + u"/output.log"_s; // a pipe that nobody reads would stop it
    m_process->setStandardOutputFile(log, QIODevice::Append);
    m_process->setStandardErrorFile(log, QIODevice::Append);
    m_process->setProcessEnvironment(m_environment);
    m_process->setWorkingDirectory(QStringLiteral(QUOIN_E2E_SOURCE_DIR "/../.."));
    m_process->setChildProcessModifier(settleIn);
    const OnHost here(m_host, OnHost::Processes::Own);
    m_process->start(u"bash"_s, {u"-c"_s, becomingTheProgram(m_commands)}, QIODevice::NotOpen);
    return m_process->waitForStarted();
}

/// With process 1 the kernel ends all others: pid_namespaces(7).
void HostProcess::kill()
{
    if (!m_process || m_process->state() == QProcess::NotRunning)
        return;
    m_process->kill();
    m_process->waitForFinished();
}

void HostProcess::terminate()
{
    if (isRunning())
        ::kill(static_cast<pid_t>(processId()), SIGTERM);
}

void HostProcess::hangUp()
{
    if (isRunning())
        ::kill(static_cast<pid_t>(processId()), SIGHUP);
}

std::optional<int> HostProcess::waitForExit(std::chrono::milliseconds patience)
{
    if (!m_process)
        return std::nullopt;
    if (m_process->state() != QProcess::NotRunning && !m_process->waitForFinished(static_cast<int>(patience.count())))
        return std::nullopt;
    if (m_process->exitStatus() == QProcess::CrashExit)
        return std::nullopt;
    return m_process->exitCode();
}

/// Asks the kernel: QProcess knows only after events.
bool HostProcess::isRunning() const { return processId() > 0 && isAlive(processId()); }

QList<qint64> HostProcess::children() const { return isRunning() ? childrenOf(processId()) : QList<qint64>(); }

QByteArray HostProcess::output() const
{
    QFile log(m_home + u"/output.log"_s);
    return log.open(QIODevice::ReadOnly) ? log.readAll() : QByteArray();
}

QByteArray HostProcess::report() const
{
    const QByteArray text = output();
    const char *state = isRunning() ? " is running" : " has ended";
    return '\n' + m_host.toUtf8() + state + "; the end of its output:\n"
        + text.last(std::min<qsizetype>(text.size(), 700)); // Qt Test cuts a message after some 1000 bytes
}

} // namespace quoin::test
