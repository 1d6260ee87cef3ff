// SPDX-License-Identifier: GPL-3.0-only
#include "queueworker.h"

#include "queuebench.h"
#include "sharedjournal.h"

#include <QCoreApplication>

#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

using namespace quoin;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

QueueWorker::QueueWorker(const QString &url, const QString &journal, std::chrono::milliseconds lease)
{
    m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_process.setChildProcessModifier(
        [] { prctl(PR_SET_PDEATHSIG, SIGKILL); }); // ends with the test, also when that crashes
    m_process.start(QCoreApplication::applicationFilePath(),
                    {u"--worker"_s, url, journal, QString::number(lease.count())});
    if (!m_process.waitForStarted())
        qFatal("the worker does not start");
}

QueueWorker::~QueueWorker() { kill(); }

void QueueWorker::kill()
{
    m_process.kill(); // SIGKILL: nothing is cleaned up
    m_process.waitForFinished(-1);
}

void QueueWorker::stall() { ::kill(static_cast<pid_t>(m_process.processId()), SIGSTOP); }

void QueueWorker::goOn() { ::kill(static_cast<pid_t>(m_process.processId()), SIGCONT); }

bool QueueWorker::isWanted(int argc, char **argv) { return argc == 5 && std::strcmp(argv[1], "--worker") == 0; }

int QueueWorker::run(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const SharedJournal journal(app.arguments().at(3));
    abi::Database *database = nullptr;
    TaskSet tasks;
    tasks.add(u"t.work"_s,
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
              {.attempts = 1000});
    queue::QueueOptions options;
    options.lease = std::chrono::milliseconds(app.arguments().at(4).toInt());
    options.renewal = options.lease / 4;
    options.poll = 50ms;
    QueueBench bench(app.arguments().at(2), tasks, options);
    database = bench.database.get();
    bench.queue.start();
    return app.exec();
}
