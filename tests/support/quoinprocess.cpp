// SPDX-License-Identifier: GPL-3.0-only
#include "support/quoinprocess.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QRegularExpression>
#include <QThread>

#include <csignal>
#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace quoin::test {
namespace {

/// Everything but what would point the program at somebody's services or settings.
QProcessEnvironment cleanEnvironment()
{
    auto environment = QProcessEnvironment::systemEnvironment();
    for (const QString &key : environment.keys()) {
        if (key.startsWith("QUOIN_"_L1) || key.startsWith("SQLALCHEMY_"_L1) || key.startsWith("CELERY_"_L1)
            || key == "REDIS_HOST"_L1)
            environment.remove(key);
    }
    // Freed memory counts as resident while the address sanitizer keeps it for its reports; tests
    // that bound memory need it small.
    environment.insert(u"ASAN_OPTIONS"_s, environment.value(u"ASAN_OPTIONS"_s) + u":quarantine_size_mb=16"_s);
    return environment;
}

/// The port in the start-up line "listening address=http://127.0.0.1:PORT", as text or inside a
/// JSON line; 0 if there is none yet.
quint16 listeningPort(const QByteArray &output)
{
    static const QRegularExpression address(uR"(address"?[=:]\s*\\?"?http://[^\s"\\/]*:(\d+))"_s);
    for (const QByteArray &line : output.split('\n')) {
        if (!line.contains("listening"))
            continue;
        const auto match = address.match(QString::fromUtf8(line));
        if (match.hasMatch())
            return match.captured(1).toUShort();
    }
    return 0;
}

qint64 statusBytes(qint64 processId, QByteArrayView field)
{
    QFile status(u"/proc/%1/status"_s.arg(processId));
    if (!status.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray &line : status.readAll().split('\n')) {
        if (line.startsWith(field))
            return line.sliced(field.size()).simplified().split(' ').first().toLongLong() * 1024;
    }
    return 0;
}

/// One letter, as in proc_pid_stat(5); empty if there is no such process.
QByteArray stateOf(qint64 processId)
{
    QFile status(u"/proc/%1/stat"_s.arg(processId));
    if (!status.open(QIODevice::ReadOnly))
        return {};
    const QByteArray text = status.readAll();
    return text.mid(text.lastIndexOf(')') + 2, 1);
}

/// Zombies too. Any thread of it may have started one: proc_pid_task(5).
QList<qint64> startedBy(qint64 processId)
{
    QList<qint64> children;
    for (const QString &thread : QDir(u"/proc/%1/task"_s.arg(processId)).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        QFile file(u"/proc/%1/task/%2/children"_s.arg(processId).arg(thread));
        if (!file.open(QIODevice::ReadOnly))
            continue;
        for (const QByteArray &child : file.readAll().split(' ')) {
            if (const qint64 pid = child.toLongLong(); pid > 0)
                children.append(pid);
        }
    }
    return children;
}

constexpr int firstPassed = 3; // sd_listen_fds(3)

/// What QProcess opens for itself must not get a number that is passed on.
QList<int> occupiedUpTo(int end)
{
    QList<int> taken;
    for (;;) {
        const int next = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
        taken.append(next);
        if (next < 0 || next >= end)
            return taken;
    }
}

} // namespace

bool isAlive(qint64 processId)
{
    const QByteArray state = stateOf(processId);
    return !state.isEmpty() && state != "Z" && state != "X";
}

QList<qint64> childrenOf(qint64 processId)
{
    QList<qint64> children = startedBy(processId);
    children.removeIf([](qint64 child) { return !isAlive(child); });
    return children;
}

QList<qint64> zombiesOf(qint64 processId)
{
    QList<qint64> children = startedBy(processId);
    children.removeIf([](qint64 child) { return stateOf(child) != "Z"; });
    return children;
}

qint64 residentBytes(qint64 processId) { return statusBytes(processId, "VmRSS:"); }

qint64 peakResidentBytes(qint64 processId) { return statusBytes(processId, "VmHWM:"); }

QuoinProcess::QuoinProcess(const QString &directory)
    : m_directory(directory)
    , m_environment(cleanEnvironment())
{
    // Whoever runs the tests may have a quoin.ini of their own: an empty one comes before it.
    QDir(directory).mkpath(u"config/quoin"_s);
    if (QFile settings(directory + u"/config/quoin/quoin.ini"_s); settings.open(QIODevice::WriteOnly))
        m_environment.insert(u"XDG_CONFIG_HOME"_s, directory + u"/config"_s);
    m_environment.insert(u"HOME"_s, directory);
    m_environment.remove(u"XDG_DATA_HOME"_s);
    set(u"data.dir"_s, dataDirectory());
    set(u"database.url"_s, u"sqlite:///"_s + directory + u"/quoin.db"_s);
    set(u"http.listen"_s, u"127.0.0.1:0"_s);
}

QuoinProcess::~QuoinProcess() { kill(); }

QString QuoinProcess::binary() { return qEnvironmentVariable("QUOIN_BINARY", QStringLiteral(QUOIN_BINARY_PATH)); }

void QuoinProcess::set(const QString &key, const QString &value)
{
    const qsizetype index = m_keys.indexOf(key);
    if (index >= 0) {
        m_keys.removeAt(index);
        m_values.removeAt(index);
    }
    if (!value.isEmpty()) {
        m_keys.append(key);
        m_values.append(value);
    }
}

void QuoinProcess::launch(const QStringList &arguments)
{
    kill();
    m_port = 0;
    m_process = std::make_unique<QProcess>();
    // A file, not a pipe: a pipe that nobody reads would stop the program in the middle of a log
    // line.
    const QString log = m_directory + u"/output.log"_s;
    QFile::remove(log);
    m_process->setStandardOutputFile(log, QIODevice::Append);
    m_process->setStandardErrorFile(log, QIODevice::Append);
    m_process->setProcessEnvironment(m_environment);
    m_process->setWorkingDirectory(m_directory);
    // Should the test crash, the program must not outlive it: prctl(2).
    m_process->setChildProcessModifier([sockets = m_sockets] {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (qsizetype i = 0; i < sockets.size(); ++i)
            ::dup2(sockets[i], firstPassed + static_cast<int>(i));
    });
    if (m_sockets.isEmpty()) {
        m_process->start(binary(), arguments, QIODevice::NotOpen);
    } else {
        // The shell becomes the program, so that the number of its process is the one that LISTEN_PID names.
        const QString command = u"LISTEN_PID=$$ LISTEN_FDS=%1 exec \"$0\" \"$@\""_s.arg(m_sockets.size());
        const auto low = occupiedUpTo(firstPassed + static_cast<int>(m_sockets.size()));
        m_process->start(u"/bin/sh"_s, QStringList{u"-c"_s, command, binary()} + arguments, QIODevice::NotOpen);
        for (const int descriptor : low)
            ::close(descriptor);
    }
    m_process->waitForStarted();
}

void QuoinProcess::writeSettings(const QByteArray &ini) const
{
    QFile file(settingsFile());
    if (!file.open(QIODevice::WriteOnly) || file.write(ini) != ini.size())
        qFatal("%s cannot be written", qPrintable(file.fileName()));
}

bool QuoinProcess::start()
{
    QStringList arguments = m_command;
    for (qsizetype i = 0; i < m_keys.size(); ++i)
        arguments << u"--"_s + m_keys[i] << m_values[i];
    launch(arguments);

    QElapsedTimer clock;
    clock.start();
    while (isRunning() && clock.elapsed() < 60'000) {
        const QByteArray said = output();
        m_port = listeningPort(said);
        if (m_port != 0 || said.contains("running tasks"))
            return true;
        m_process->waitForFinished(5);
    }
    return false;
}

bool QuoinProcess::run(const QStringList &arguments)
{
    launch(arguments);
    return waitForExit().has_value();
}

QList<qint64> QuoinProcess::children() const { return isRunning() ? childrenOf(processId()) : QList<qint64>(); }

void QuoinProcess::kill()
{
    if (!isRunning())
        return;
    ::kill(static_cast<pid_t>(processId()), SIGSTOP); // or it would start others while these are ended
    const QList<qint64> started = children();
    for (const qint64 child : started)
        ::kill(static_cast<pid_t>(child), SIGKILL);
    killAlone();
    for (const qint64 child : started) {
        while (isAlive(child))
            QThread::yieldCurrentThread();
    }
}

void QuoinProcess::killAlone()
{
    if (!isRunning())
        return;
    m_process->kill();
    m_process->waitForFinished();
}

void QuoinProcess::terminate()
{
    if (isRunning())
        ::kill(static_cast<pid_t>(processId()), SIGTERM);
}

std::optional<int> QuoinProcess::waitForExit(std::chrono::milliseconds patience)
{
    if (!m_process)
        return std::nullopt;
    if (m_process->state() != QProcess::NotRunning && !m_process->waitForFinished(static_cast<int>(patience.count())))
        return std::nullopt;
    if (m_process->error() == QProcess::FailedToStart || m_process->exitStatus() == QProcess::CrashExit)
        return std::nullopt;
    return m_process->exitCode();
}

qint64 QuoinProcess::residentBytes() const
{
    qint64 sum = test::residentBytes(processId());
    for (const qint64 child : children())
        sum += test::residentBytes(child);
    return sum;
}

qint64 QuoinProcess::peakResidentBytes() const
{
    qint64 sum = test::peakResidentBytes(processId());
    for (const qint64 child : children())
        sum += test::peakResidentBytes(child);
    return sum;
}

QByteArray QuoinProcess::output() const
{
    QFile log(m_directory + u"/output.log"_s);
    return log.open(QIODevice::ReadOnly) ? log.readAll() : QByteArray();
}

QByteArray QuoinProcess::report() const
{
    if (!m_process)
        return "not started";
    const QString command = m_process->program() + u' ' + m_process->arguments().join(u' ');
    QString end = u"is running"_s;
    if (m_process->error() == QProcess::FailedToStart)
        end = m_process->errorString();
    else if (m_process->state() == QProcess::NotRunning)
        end = (m_process->exitStatus() == QProcess::CrashExit ? u"ended by signal %1"_s : u"ended with exit code %1"_s)
                  .arg(m_process->exitCode());
    // Qt Test cuts a message after some 1000 bytes: what it said last comes first.
    const QByteArray text = output();
    return "\n  " + end.toUtf8() + "; the end of its output:\n" + text.last(std::min<qsizetype>(text.size(), 700))
        + "\n  " + command.toUtf8();
}

} // namespace quoin::test
