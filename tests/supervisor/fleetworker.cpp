// SPDX-License-Identifier: GPL-3.0-only
// A worker process for the tests of Fleet: serves lines over connections, and misbehaves as its brief or a line says.
#include "supervisor/brief.h"
#include "supervisor/channel.h"
#include "supervisor/crashhandler.h"
#include "supervisor/crumb.h"
#include "supervisor/hostmemory.h"
#include "supervisor/parentdeath.h"
#include "supervisor/workermemory.h"

#include <QAbstractEventDispatcher>
#include <QCoreApplication>
#include <QFile>
#include <QJsonDocument>
#include <QSocketNotifier>
#include <QTimer>

#include <cstdio>
#include <map>
#include <thread>

#include <csignal>
#include <sys/socket.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace quoin::supervisor;
using quoin::FileDescriptor;

namespace {

volatile int *nowhere = nullptr;

class Worker : public QObject
{
public:
    Worker(const QJsonObject &brief, HostMemory &memory)
        : m_brief(brief)
        , m_memory(memory.slot(brief["slot"_L1].toInt()))
        , m_channel(inherited::channel)
    {
        m_module = m_memory.addModule(u"org.test.guest"_s, QByteArray(64, 'a'));
        m_memory.locateModule(m_module, QCoreApplication::applicationFilePath());
        m_memory.locateEverythingElse();
        connect(&m_channel, &Channel::received, this, &Worker::hear);
        connect(&m_channel, &Channel::closed, this, [this] { drain(false); });
    }

    /// False if the process is to end.
    bool start()
    {
        const bool isMeant = (!m_brief.contains("only"_L1) || m_brief["only"_L1] == m_brief["index"_L1])
            && (!m_brief.contains("ifThereIs"_L1) || QFile::exists(m_brief["ifThereIs"_L1].toString()));
        const QString how = isMeant ? m_brief["start"_L1].toString() : QString();
        const Crumb crumb(m_module, CrumbKind::Start);
        if (how == "crash"_L1)
            *nowhere = 1;
        if (how == "exit"_L1)
            std::_Exit(7);
        while (how == "hang"_L1)
            std::this_thread::sleep_for(1s);
        if (how == "refuse"_L1) {
            m_channel.send(message::refused, R"({"plugin":"org.test.guest","reason":"no table"})");
            return false;
        }
        if (how == "wait"_L1) // for a signal that ends it
            return true;
        m_memory.follow(QAbstractEventDispatcher::instance());
        m_memory.beat();
        m_channel.send(message::ready, QJsonDocument(m_brief).toJson(QJsonDocument::Compact));
        return true;
    }

private:
    struct Connection
    {
        FileDescriptor descriptor;
        QByteArray input;
        std::unique_ptr<QSocketNotifier> notifier;
        bool isBusy = false;
    };

    void hear(char type, const QByteArray &payload, int descriptor)
    {
        switch (type) {
        case message::connection:
            m_memory.slot().taken.fetch_add(1, std::memory_order_release);
            return serve(descriptor);
        case message::unready:
            m_isUnready = true;
            return;
        case message::drain:
            return drain(QJsonDocument::fromJson(payload)["handBack"_L1].toBool());
        case message::hurry:
            std::_Exit(0);
        default:
            qFatal("message not understood");
        }
    }

    void serve(int descriptor)
    {
        Connection &connection = m_connections[descriptor];
        connection.descriptor = FileDescriptor(descriptor);
        connection.notifier = std::make_unique<QSocketNotifier>(descriptor, QSocketNotifier::Read);
        connect(connection.notifier.get(), &QSocketNotifier::activated, this,
                [this, &connection] { read(connection); });
        m_memory.slot().connections = static_cast<quint32>(m_connections.size());
    }

    void forget(int descriptor)
    {
        auto node = m_connections.extract(descriptor);
        node.mapped().notifier.release()->deleteLater(); // it may be the sender
        m_memory.slot().connections = static_cast<quint32>(m_connections.size());
        leaveIfDone();
    }

    void read(Connection &connection)
    {
        char part[512];
        const ssize_t size = ::recv(connection.descriptor.get(), part, sizeof part, MSG_DONTWAIT);
        if (size < 0 && errno == EAGAIN)
            return;
        if (size <= 0) {
            connection.notifier->setEnabled(false);
            return forget(connection.descriptor.get());
        }
        connection.input.append(part, size);
        answerNext(connection);
    }

    void answerNext(Connection &connection)
    {
        const qsizetype end = connection.input.indexOf('\n');
        if (end < 0 || connection.isBusy)
            return;
        const QByteArray line = connection.input.first(end);
        connection.input.remove(0, end + 1);
        if (line == "slow") {
            connection.isBusy = true;
            m_memory.slot().waitingJobs.fetch_add(1); // so that tests know that it is under way
            QTimer::singleShot(300ms, this, [this, &connection] {
                connection.isBusy = false;
                m_memory.slot().waitingJobs.fetch_sub(1);
                answer(connection);
            });
            return;
        }
        misbehave(line);
        answer(connection);
    }

    void answer(Connection &connection)
    {
        QByteArray text = "generation=" + QByteArray::number(m_brief["generation"_L1].toInt())
            + " index=" + QByteArray::number(m_brief["index"_L1].toInt())
            + " pid=" + QByteArray::number(QCoreApplication::applicationPid()) + (m_isUnready ? " unready" : "") + '\n';
        m_memory.slot().requests.fetch_add(1);
        ::send(connection.descriptor.get(), text.constData(), static_cast<size_t>(text.size()), MSG_NOSIGNAL);
        if (m_isDraining)
            return release(connection);
        answerNext(connection);
    }

    void misbehave(const QByteArray &line)
    {
        if (line == "crash") {
            const Crumb crumb(m_module, CrumbKind::Loop);
            *nowhere = 1;
        }
        if (line == "block") {
            const Crumb crumb(m_module, CrumbKind::Loop);
            for (;;)
                std::this_thread::sleep_for(1s);
        }
        if (line == "exit")
            std::_Exit(0);
        if (line == "overrun") {
            std::thread([module = m_module] {
                const Crumb crumb(module, CrumbKind::Pool, 1ms, 17);
                std::this_thread::sleep_for(1h);
            }).detach();
        }
        if (line == "replace")
            m_channel.send(message::replace, R"({"why":"it was asked to"})");
        if (line == "end")
            m_channel.send(message::end, R"({"why":"remote control"})");
        if (line == "stay")
            m_isStaying = true;
    }

    void drain(bool handBack)
    {
        m_isDraining = true;
        m_isHandingBack = handBack;
        QList<Connection *> idle;
        for (auto &[descriptor, connection] : m_connections) {
            if (!connection.isBusy && connection.input.isEmpty())
                idle.append(&connection);
        }
        for (Connection *connection : idle)
            release(*connection);
        leaveIfDone();
    }

    void release(Connection &connection)
    {
        connection.notifier->setEnabled(false);
        const int descriptor = connection.descriptor.get();
        if (m_isHandingBack)
            m_channel.send(message::connection, {}, connection.descriptor.release());
        forget(descriptor);
    }

    void leaveIfDone()
    {
        if (!m_isDraining || !m_connections.empty() || m_isStaying)
            return;
        if (m_channel.queued() > 0)
            QTimer::singleShot(1ms, this, &Worker::leaveIfDone);
        else
            QTimer::singleShot(0, this, [] { std::_Exit(0); });
    }

    const QJsonObject m_brief;
    WorkerMemory m_memory;
    Channel m_channel;
    std::map<int, Connection> m_connections;
    int m_module = -1;
    bool m_isUnready = false;
    bool m_isDraining = false;
    bool m_isHandingBack = false;
    bool m_isStaying = false;
};

int fail(const quoin::Error &error)
{
    std::fprintf(stderr, "fleetworker: %s\n", qPrintable(error.message()));
    return 3;
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    if (const auto left = leaveWithParent(500ms); !left)
        return fail(left.error());
    const auto brief = readBrief();
    if (!brief)
        return fail(brief.error());
    auto memory = HostMemory::adopt(inherited::memory);
    if (!memory)
        return fail(memory.error());
    installCrashHandler(memory->slot((*brief)["slot"_L1].toInt()));
    Worker worker(*brief, *memory);
    if (!worker.start())
        return 1;
    return QCoreApplication::exec();
}
