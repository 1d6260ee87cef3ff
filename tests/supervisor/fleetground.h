// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "supervisor/fleet.h"

#include <QSignalSpy>
#include <QSocketNotifier>
#include <QTest>

#include <memory>
#include <vector>

#include <csignal>
#include <fcntl.h>
#include <sys/socket.h>

namespace quoin::test {

/// One connection as its client sees it: asks lines, collects answers. Its other end is given to a fleet.
class LineClient : public QObject
{
public:
    explicit LineClient(supervisor::Fleet &fleet)
    {
        int ends[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0)
            qFatal("no socket pair");
        m_descriptor = FileDescriptor(ends[0]);
        m_notifier = std::make_unique<QSocketNotifier>(ends[0], QSocketNotifier::Read);
        connect(m_notifier.get(), &QSocketNotifier::activated, this, &LineClient::read);
        fleet.offer(ends[1]);
    }

    void ask(const QByteArray &line)
    {
        const QByteArray text = line + '\n';
        ::send(m_descriptor.get(), text.constData(), static_cast<size_t>(text.size()), MSG_NOSIGNAL);
    }
    /// Asks again at each answer, until told otherwise.
    void keepAsking(const QByteArray &line)
    {
        m_again = line;
        ask(line);
    }
    void stopAsking() { m_again.clear(); }

    qsizetype count() const { return m_answers.size(); }
    bool isClosed() const { return m_isClosed; }
    QByteArray last() const { return m_answers.isEmpty() ? QByteArray() : m_answers.last(); }
    /// Of the last answer.
    int generation() const { return number("generation="); }
    qint64 pid() const { return number("pid="); }

private:
    int number(const QByteArray &name) const
    {
        for (const QByteArray &word : last().split(' ')) {
            if (word.startsWith(name))
                return word.sliced(name.size()).toInt();
        }
        return 0;
    }

    void read()
    {
        char part[4096];
        const ssize_t size = ::recv(m_descriptor.get(), part, sizeof part, MSG_DONTWAIT);
        if (size < 0 && errno == EAGAIN)
            return;
        if (size <= 0) {
            m_isClosed = true;
            m_notifier->setEnabled(false);
            return;
        }
        m_input.append(part, size);
        for (qsizetype end = m_input.indexOf('\n'); end >= 0; end = m_input.indexOf('\n')) {
            m_answers.append(m_input.first(end));
            m_input.remove(0, end + 1);
            if (!m_again.isEmpty())
                ask(m_again);
        }
    }

    FileDescriptor m_descriptor;
    std::unique_ptr<QSocketNotifier> m_notifier;
    QByteArray m_input;
    QByteArray m_again;
    QList<QByteArray> m_answers;
    bool m_isClosed = false;
};

/// A fleet of real processes (fleetworker.cpp), and who listens to it. What is left of it is killed at the end.
class FleetGround
{
public:
    /// Patient enough for a machine that is short of time, but where a test is about a limit.
    static supervisor::FleetOptions usual()
    {
        supervisor::FleetOptions options;
        options.program = QStringLiteral(FLEET_WORKER);
        options.watchdog.loop = std::chrono::seconds(20);
        options.backoff.first = std::chrono::milliseconds(1);
        options.backoff.longest = std::chrono::milliseconds(1);
        return options;
    }

    explicit FleetGround(supervisor::FleetOptions options = usual())
        : memory(std::move(*supervisor::HostMemory::create()))
        , fleet(std::move(options), memory)
        , ready(&fleet, &supervisor::Fleet::ready)
        , refused(&fleet, &supervisor::Fleet::refused)
        , died(&fleet, &supervisor::Fleet::workerDied)
        , stuck(&fleet, &supervisor::Fleet::stuck)
        , stopped(&fleet, &supervisor::Fleet::stopped)
    {
    }

    /// True once a generation of this brief serves.
    bool serve(const QJsonObject &brief = {})
    {
        const quint64 generation = fleet.roll(brief);
        return QTest::qWaitFor([&] { return fleet.generation() == generation; }, 30'000);
    }
    LineClient &client()
    {
        clients.push_back(std::make_unique<LineClient>(fleet));
        return *clients.back();
    }
    QList<qint64> pids() const
    {
        QList<qint64> result;
        for (const auto &worker : fleet.workers())
            result.append(worker.pid);
        return result;
    }
    supervisor::Verdict verdict(qsizetype death = 0) const { return died.at(death).at(1).value<supervisor::Verdict>(); }

    supervisor::HostMemory memory;
    supervisor::Fleet fleet;
    QSignalSpy ready;
    QSignalSpy refused;
    QSignalSpy died;
    QSignalSpy stuck;
    QSignalSpy stopped;
    std::vector<std::unique_ptr<LineClient>> clients;
};

/// A sanitizer takes the signals of a crash for itself, and ends the process in its own way.
constexpr bool isSanitized()
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return true;
#else
    return false;
#endif
}

inline int openDescriptors()
{
    int count = 0;
    for (int i = 0; i < 4096; ++i)
        count += ::fcntl(i, F_GETFD) >= 0 ? 1 : 0;
    return count;
}

inline bool isAlive(qint64 pid) { return ::kill(static_cast<pid_t>(pid), 0) == 0; }

} // namespace quoin::test
