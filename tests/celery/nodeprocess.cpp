// SPDX-License-Identifier: GPL-3.0-only
#include "nodeprocess.h"

#include "queue/sharedjournal.h"

#include <QCoreApplication>
#include <QSocketNotifier>
#include <QThread>

#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

using namespace quoin;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

TaskSet work(const SharedJournal &journal, abi::Database *&database)
{
    const TaskOptions options{.attempts = 1000};
    TaskSet tasks;
    tasks.add(
        u"t.work"_s,
        [&](const TaskRun &task, qint64 number) -> Result<> {
            journal.note("begin", task);
            const auto stored = Database(database)
                                    .write([number](Connection &connection) {
                                        return connection.execute(
                                            u"INSERT INTO result (number) VALUES (?) ON CONFLICT DO NOTHING"_s,
                                            {number});
                                    })
                                    .result();
            journal.note("end", task);
            return stored ? Result<>() : stored.error();
        },
        options);
    tasks.add(
        u"t.sleep"_s,
        [&](const TaskRun &task, qint64 milliseconds) -> Result<> {
            journal.note("begin", task);
            QThread::msleep(static_cast<unsigned long>(milliseconds));
            journal.note("end", task);
            return {};
        },
        options);
    return tasks;
}

/// SIGTERM as an event of the event loop.
int terminations()
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

} // namespace

NodeProcess::NodeProcess(const CeleryGround &ground, const QString &journal, std::chrono::milliseconds aliveFor)
{
    m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_process.setChildProcessModifier(
        [] { prctl(PR_SET_PDEATHSIG, SIGKILL); }); // ends with the test, also when that crashes
    m_process.start(
        QCoreApplication::applicationFilePath(),
        {u"--node"_s, ground.databaseUrl(), ground.server.url(), journal, QString::number(aliveFor.count())});
    if (!m_process.waitForStarted())
        qFatal("the node does not start");
}

NodeProcess::~NodeProcess() { kill(); }

void NodeProcess::kill()
{
    m_process.kill(); // SIGKILL: nothing is cleaned up
    m_process.waitForFinished(-1);
}

void NodeProcess::stop() { ::kill(static_cast<pid_t>(m_process.processId()), SIGSTOP); }

void NodeProcess::resume() { ::kill(static_cast<pid_t>(m_process.processId()), SIGCONT); }

int NodeProcess::drain()
{
    m_process.terminate();
    return m_process.waitForFinished(30000) ? m_process.exitCode() : -1;
}

bool NodeProcess::isWanted(int argc, char **argv) { return argc == 6 && std::strcmp(argv[1], "--node") == 0; }

int NodeProcess::run(int argc, char **argv)
{
    const int signalled = terminations(); // before there are threads
    QCoreApplication app(argc, argv);
    const SharedJournal journal(app.arguments().at(4));
    abi::Database *lent = nullptr;
    const TaskSet tasks = work(journal, lent);
    const auto database = openDatabase(app.arguments().at(2));
    lent = database.get();
    celery::CeleryOptions options;
    options.broker = *redis::Url::parse(app.arguments().at(3));
    options.results = options.broker;
    options.node = u"node-%1@test"_s.arg(app.applicationPid());
    options.aliveFor = std::chrono::milliseconds(app.arguments().at(5).toLongLong());
    options.renewal = 200ms;
    celery::CeleryQueue queue(lent, tasks.catalogue(), options);
    QObject::connect(&queue, &queue::Queue::drained, &app, &QCoreApplication::quit);
    QSocketNotifier notifier(signalled, QSocketNotifier::Read);
    QObject::connect(&notifier, &QSocketNotifier::activated, &queue, [&] {
        notifier.setEnabled(false);
        queue.drain(10s);
    });
    queue.start();
    return app.exec();
}
