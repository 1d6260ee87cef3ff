// SPDX-License-Identifier: GPL-3.0-only
#include "taskdesk.h"

#include <QEventLoop>
#include <QTimer>

#include <utility>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace quoin::testhost {

namespace {

constexpr qsizetype mostAttempts = 10'000; // of one run(): who pushes itself again at once would never end
constexpr auto patience = 60s;             // without any task ending

TestTask taskOf(Rows &rows)
{
    TestTask task;
    task.id = rows.integer(0);
    task.name = QString::fromUtf8(rows.text(1));
    task.arguments = rows.text(2);
    task.attempt = static_cast<int>(rows.integer(3));
    task.state = QString::fromUtf8(rows.text(4));
    task.error = QString::fromUtf8(rows.text(5));
    if (task.state == u"scheduled")
        task.due = MicrosecondTime(std::chrono::microseconds(rows.integer(6)));
    return task;
}

template <class T>
T valueOr(const Result<T> &result, T fallback)
{
    if (result)
        return *result;
    qWarning("TestHost cannot read its tasks: %s", qPrintable(result.error().message()));
    return fallback;
}

} // namespace

TaskDesk::TaskDesk(abi::Database &database, queue::TaskCatalogue catalogue, const TestClock &clock)
    : m_abiDatabase(database)
    , m_database(&database)
    , m_catalogue(std::move(catalogue))
    , m_clock(clock)
{
}

QList<TestTask> TaskDesk::run()
{
    m_ended.clear();
    m_clock.freeze();
    if (isAnythingDue()) {
        queue::QueueOptions options;
        options.concurrency = 1; // in their order
        options.clock = m_clock.function();
        options.random = [] { return 0.5; }; // the middle of the jitter: no jitter
        queue::DatabaseQueue queue(&m_abiDatabase, m_catalogue, options);
        m_queue = &queue;

        QEventLoop loop;
        QTimer timer;
        timer.setSingleShot(true);
        connect(&timer, &QTimer::timeout, &loop, [&loop] {
            qWarning("TestHost::runTasks() waits no longer: no task has ended for a minute");
            loop.quit();
        });
        connect(&queue, &queue::DatabaseQueue::taskSettled, &loop, [&](qint64 id, queue::TaskState state) {
            note(id, state);
            timer.start(patience);
            if (m_ended.size() >= mostAttempts)
                qWarning("TestHost::runTasks() runs no more: does a task push itself again at once?");
            if (m_ended.size() >= mostAttempts || !isAnythingDue())
                loop.quit();
        });
        timer.start(patience);
        queue.start();
        loop.exec();
        drain(queue);
        m_queue = nullptr;
    }
    m_clock.thaw();
    return std::exchange(m_ended, {});
}

/// The last exchange may have claimed something more, which goes back.
void TaskDesk::drain(queue::DatabaseQueue &queue)
{
    queue.disconnect(); // what is given back has not ended
    QEventLoop loop;
    connect(&queue, &queue::DatabaseQueue::drained, &loop, &QEventLoop::quit);
    queue.drain(1s);
    loop.exec();
}

void TaskDesk::wake()
{
    QMetaObject::invokeMethod(
        this,
        [this] {
            if (m_queue)
                m_queue->wake();
        },
        Qt::QueuedConnection);
}

/// The row may be on its next attempt already: settling and claiming are one transaction.
void TaskDesk::note(qint64 id, queue::TaskState state)
{
    TestTask task = select(u"id = ?"_s, {id}).value(0);
    if (task.state == u"running")
        --task.attempt;
    task.state = queue::toString(state);
    if (state == queue::TaskState::Done)
        task.error.clear();
    m_ended.append(task);
}

bool TaskDesk::isAnythingDue() const
{
    const QStringList names = m_catalogue.names();
    if (names.isEmpty())
        return false;
    QVariantList values(names.cbegin(), names.cend());
    values += m_clock.now();
    const QString sql = u"SELECT count(*) FROM task WHERE name IN (%1) AND "
                        "(state IN ('ready', 'running') OR (state = 'scheduled' AND not_before <= ?))"_s.arg(
                            QStringList(names.size(), u"?"_s).join(u", "_s));
    const auto count = m_database
                           .read([sql, values](Connection &connection) -> Result<qint64> {
                               auto rows = connection.query(sql, values);
                               if (!rows)
                                   return rows.error();
                               return rows->next() ? rows->integer(0) : 0;
                           })
                           .result();
    return valueOr<qint64>(count, 0) > 0;
}

QList<TestTask> TaskDesk::select(const QString &condition, const QVariantList &values) const
{
    const QString sql
        = u"SELECT id, name, arguments, attempt, state, error, not_before FROM task WHERE %1 ORDER BY id"_s.arg(
            condition);
    const auto tasks = m_database
                           .read([sql, values](Connection &connection) -> Result<QList<TestTask>> {
                               auto rows = connection.query(sql, values);
                               if (!rows)
                                   return rows.error();
                               QList<TestTask> found;
                               while (rows->next())
                                   found.append(taskOf(*rows));
                               if (const auto read = rows->error(); !read)
                                   return read.error();
                               return found;
                           })
                           .result();
    return valueOr(tasks, QList<TestTask>());
}

QList<TestTask> TaskDesk::all() const { return select(u"name NOT LIKE 'testhost.heard.%'"_s, {}); }

QList<QByteArray> TaskDesk::heard(const QString &event) const
{
    QList<QByteArray> arguments;
    for (const TestTask &task : select(u"name = ?"_s, {listenerOf(event)}))
        arguments.append(task.arguments);
    return arguments;
}

} // namespace quoin::testhost
