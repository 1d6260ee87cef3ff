// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/prober.h"

#include "plugins/gate.h"
#include "plugins/probereport.h"

#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QTimer>

#include <algorithm>
#include <csignal>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

/// Far above any description, far below what hurts.
constexpr qsizetype largestOutput = 4 * 1024 * 1024;
constexpr qsizetype mostLastWords = 4096;
constexpr int mostPatience = 10; // times the limit, for a process that the machine does not let run

QProcessEnvironment withoutSecrets(const QString &home)
{
    QProcessEnvironment environment;
    environment.insert(u"PATH"_s, u"/usr/bin:/bin"_s);
    environment.insert(u"LANG"_s, u"C.UTF-8"_s);
    environment.insert(u"HOME"_s, home);
    return environment;
}

/// For how long it was ready to run and had no processor: proc_pid_schedstat(5), the second number, in nanoseconds. 0
/// where the kernel does not count that.
std::chrono::milliseconds keptWaiting(qint64 processId)
{
    QFile file(u"/proc/%1/schedstat"_s.arg(processId));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const std::chrono::nanoseconds waited(file.readAll().split(' ').value(1).toLongLong());
    return std::chrono::duration_cast<std::chrono::milliseconds>(waited);
}

/// In the child, between fork and exec. A group of its own: it hears no Ctrl+C that is meant for the server, and what
/// it starts itself ends with it.
void prepareChild()
{
    ::setpgid(0, 0);
    // What somebody forgot to mark stays here. QProcess's own pipe closes at exec, too.
    ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
}

} // namespace

/// One process, from asked for to answered.
class Prober::Run final : public QObject
{
public:
    Run(const AdmittedFile &file, Done done, const ProberOptions &options, const QString &home)
        : m_file(file)
        , m_done(std::move(done))
        , m_options(options)
        , m_home(home)
    {
    }
    ~Run() override
    {
        m_process.disconnect();
        kill();
        m_process.waitForFinished(1000); // so that QProcess does not warn, nor leave a zombie
    }

    void start(std::function<void()> ended);
    ProbeResult result() const { return judge(m_file, m_end); }
    const Done &done() const { return m_done; }

private:
    void kill();
    void endIfItHangs();
    void readOutput();
    void readLastWords();
    void finish(int code, QProcess::ExitStatus status);

    const AdmittedFile m_file;
    const Done m_done;
    const ProberOptions m_options;
    const QString m_home;
    QProcess m_process;
    QTimer m_limit;
    QElapsedTimer m_clock;
    ProbeEnd m_end;
    std::function<void()> m_ended;
};

void Prober::Run::start(std::function<void()> ended)
{
    m_ended = std::move(ended);
    m_process.setProcessEnvironment(withoutSecrets(m_home));
    m_process.setWorkingDirectory(m_home);
    m_process.setStandardInputFile(QProcess::nullDevice());
    m_process.setChildProcessModifier(prepareChild);
    connect(&m_process, &QProcess::readyReadStandardOutput, this, &Run::readOutput);
    connect(&m_process, &QProcess::readyReadStandardError, this, &Run::readLastWords);
    connect(&m_process, &QProcess::finished, this, &Run::finish);
    connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error != QProcess::FailedToStart)
            return; // finished() follows
        m_end.notStarted = m_process.errorString();
        m_ended();
    });
    m_limit.setSingleShot(true);
    m_limit.setTimerType(Qt::PreciseTimer);
    connect(&m_limit, &QTimer::timeout, this, &Run::endIfItHangs);
    m_clock.start();
    m_limit.start(m_options.timeLimit);
    m_process.start(m_options.program, {u"plugin-probe"_s, m_file.copy});
}

/// On a machine that is busy, a good plugin may have got no time to be quick with.
void Prober::Run::endIfItHangs()
{
    const auto most = std::min(m_options.timeLimit + keptWaiting(m_process.processId()),
                               m_options.timeLimit * mostPatience);
    const auto left = most - std::chrono::milliseconds(m_clock.elapsed());
    if (left > std::chrono::milliseconds(0))
        return m_limit.start(left);
    m_end.timedOut = m_options.timeLimit;
    kill();
}

void Prober::Run::kill()
{
    // The group exists as long as its leader has not been waited for, which QProcess does before it forgets the id.
    if (const auto id = static_cast<pid_t>(m_process.processId()); id > 0 && ::kill(-id, SIGKILL) != 0)
        m_process.kill(); // it has no group yet
}

void Prober::Run::readOutput()
{
    m_end.output += m_process.readAllStandardOutput();
    if (m_end.output.size() <= largestOutput)
        return;
    m_end.isTooMuch = true;
    m_end.output.clear();
    kill();
}

void Prober::Run::readLastWords()
{
    m_end.lastWords = (m_end.lastWords + m_process.readAllStandardError()).right(mostLastWords);
}

void Prober::Run::finish(int code, QProcess::ExitStatus status)
{
    m_limit.stop();
    readOutput();
    readLastWords();
    if (status == QProcess::CrashExit)
        m_end.signal = code; // on Unix QProcess gives the signal's number
    else
        m_end.exitCode = code;
    m_ended();
}

Prober::Prober(ProberOptions options, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
{
    // It can hold nothing, whoever the service runs as: what a plugin leaves there would be found by the next one.
    QFile::setPermissions(m_home.path(), QFileDevice::ReadOwner | QFileDevice::ExeOwner);
}

Prober::~Prober() = default;

void Prober::probe(const AdmittedFile &file, Done done)
{
    m_waiting.push_back(std::make_unique<Run>(file, std::move(done), m_options, m_home.path()));
    // Later: done() is never called from within this call.
    QMetaObject::invokeMethod(this, &Prober::startNext, Qt::QueuedConnection);
}

void Prober::startNext()
{
    while (!m_waiting.empty() && m_running.size() < static_cast<size_t>(std::max(1, m_options.atOnce))) {
        Run *const run = m_running.emplace_back(std::move(m_waiting.front())).get();
        m_waiting.pop_front();
        // Queued: the run is destroyed, and may have failed within start().
        run->start([this, run] {
            QMetaObject::invokeMethod(
                this, [this, run] { end(run); }, Qt::QueuedConnection);
        });
    }
}

void Prober::end(Run *run)
{
    const auto place = std::find_if(m_running.begin(), m_running.end(),
                                    [run](const auto &other) { return other.get() == run; });
    if (place == m_running.end())
        return;
    const std::unique_ptr<Run> ended = std::move(*place);
    m_running.erase(place);
    startNext();
    ended->done()(ended->result()); // last: it may end this object
}

} // namespace quoin::plugins
