// SPDX-License-Identifier: GPL-3.0-only
// The contract of a queue, whichever kind it is: what is pushed is run, once, with what was given.
#include "queuebench.h"

#include <QTemporaryDir>

#include <mutex>

using namespace quoin;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using queue::QueueOptions;
using queue::TaskState;

namespace {

/// No polling, so that what wakes the queue is what the test is about.
QueueOptions withoutPolling() { return {.poll = 24h}; }

struct Journal
{
    void note(const QByteArray &entry)
    {
        const std::lock_guard lock(mutex);
        entries += entry;
    }
    QByteArrayList all()
    {
        const std::lock_guard lock(mutex);
        return entries;
    }
    std::mutex mutex;
    QByteArrayList entries;
};

} // namespace

class tst_Queue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_url = u"sqlite:///"_s + m_folder->filePath(u"queue.db"_s);
    }

    void whatIsPushedIsRunAndDone()
    {
        Journal journal;
        TaskSet tasks;
        tasks.add(u"t.note"_s, [&](const TaskRun &run, qint64 number, const QString &word) -> Result<> {
            journal.note(QByteArray::number(run.attempt()) + ' ' + QByteArray::number(number) + ' ' + word.toUtf8());
            return {};
        });
        QueueBench bench(m_url, tasks, withoutPolling());
        bench.queue.start();
        const qint64 id = bench.push(u"t.note"_s, jsonArray(7, u"seven"_s));
        QTRY_COMPARE(bench.state(id), "done 1");
        QCOMPARE(journal.all(), QByteArrayList{"1 7 seven"});
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_url;
};

QTEST_GUILESS_MAIN(tst_Queue)
#include "tst_queue.moc"
