// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/workerprocess.h"

#include "supervisor/brief.h"

#include <QJsonDocument>
#include <QProcessEnvironment>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>

using namespace Qt::StringLiterals;

namespace quoin::supervisor {

namespace {

constexpr int highestInherited = inherited::brief;

/// What QProcess opens for itself in start() must not get a number that the child is about to overwrite: these numbers
/// are taken until that call is over.
std::vector<FileDescriptor> occupyLowDescriptors()
{
    std::vector<FileDescriptor> taken;
    for (;;) {
        FileDescriptor next(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        if (!next.isOpen() || next.get() > highestInherited)
            return taken;
        taken.push_back(std::move(next));
    }
}

/// A duplicate out of the way of the numbers it may be moved to.
FileDescriptor liftedCopy(int descriptor)
{
    return FileDescriptor(::fcntl(descriptor, F_DUPFD_CLOEXEC, highestInherited + 1));
}

/// Between fork and exec: async-signal-safe calls only.
void prepareChild(const std::array<int, 3> &sources)
{
    ::setpgid(0, 0);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    ::dup2(sources[0], inherited::channel);
    ::dup2(sources[1], inherited::memory);
    ::dup2(sources[2], inherited::brief);
    // Whatever somebody forgot to mark; QProcess' own pipe is marked already.
    ::close_range(highestInherited + 1, ~0U, CLOSE_RANGE_CLOEXEC);
}

QProcessEnvironment scrubbedEnvironment()
{
    auto environment = QProcessEnvironment::systemEnvironment();
    for (const QString &name : environment.keys()) {
        if (name.startsWith("LD_"_L1))
            environment.remove(name);
    }
    return environment;
}

} // namespace

QString ProcessEnd::text() const
{
    switch (how) {
    case Left:
        return u"exit code %1"_s.arg(code);
    case Killed:
        if (const char *name = ::sigabbrev_np(code))
            return u"SIG"_s + QLatin1StringView(name);
        return u"signal %1"_s.arg(code);
    case NotStarted:
        return u"it could not be started: "_s + error;
    }
    return {};
}

WorkerProcess::WorkerProcess(QObject *parent)
    : QObject(parent)
{
    connect(&m_process, &QProcess::finished, this, [this](int code, QProcess::ExitStatus status) {
        finish({status == QProcess::CrashExit ? ProcessEnd::Killed : ProcessEnd::Left, code, {}});
    });
    connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            finish({ProcessEnd::NotStarted, 0, m_process.errorString()});
    });
}

WorkerProcess::~WorkerProcess()
{
    m_hasEnded = true; // nobody to tell
    kill();
    m_process.waitForFinished();
}

Result<> WorkerProcess::start(const Options &options)
{
    const auto ends = Channel::makePair();
    if (!ends)
        return ends.error();
    m_channel = std::make_unique<Channel>(ends->first);
    connect(m_channel.get(), &Channel::received, this, &WorkerProcess::received);
    const FileDescriptor theirs(ends->second);

    const auto brief = sealBrief(options.brief);
    if (!brief)
        return brief.error();
    const std::array copies{liftedCopy(theirs.get()), liftedCopy(options.memory), liftedCopy(brief->get())};
    for (const FileDescriptor &copy : copies) {
        if (!copy.isOpen())
            return Error::unavailable(
                u"A worker process cannot be given its descriptors: %1."_s.arg(qt_error_string(errno)));
    }
    const std::array sources{copies[0].get(), copies[1].get(), copies[2].get()};

    m_process.setChildProcessModifier([sources] { prepareChild(sources); });
    m_process.setProcessEnvironment(scrubbedEnvironment());
    m_process.setProcessChannelMode(QProcess::ForwardedChannels); // inherited, not copied
    m_process.setStandardInputFile(QProcess::nullDevice());
    const auto low = occupyLowDescriptors();
    m_process.start(options.program, options.arguments, QIODevice::ReadOnly); // or Qt takes its output away
    m_pid = m_process.processId();
    return {};
}

bool WorkerProcess::send(char type, const QByteArray &payload, int descriptor)
{
    if (m_channel)
        return m_channel->send(type, payload, descriptor);
    const FileDescriptor owned(descriptor);
    return false;
}

bool WorkerProcess::send(char type, const QJsonObject &payload)
{
    return send(type, QJsonDocument(payload).toJson(QJsonDocument::Compact));
}

void WorkerProcess::kill()
{
    if (!isRunning() || m_pid <= 0)
        return;
    // The group exists once the child ran setpgid(); until then there is nobody else to end.
    if (::kill(-static_cast<pid_t>(m_pid), SIGKILL) != 0)
        m_process.kill();
}

void WorkerProcess::finish(const ProcessEnd &end)
{
    if (m_hasEnded)
        return;
    m_hasEnded = true;
    if (m_channel)
        m_channel->receiveAll(); // what it said last, and connections it handed back
    Q_EMIT ended(end);
}

} // namespace quoin::supervisor
