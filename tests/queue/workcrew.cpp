// SPDX-License-Identifier: GPL-3.0-only
#include "workcrew.h"

#include <QFile>

using namespace quoin;
using namespace Qt::StringLiterals;

namespace {

TaskSet work()
{
    TaskSet tasks;
    tasks.add(u"t.work"_s, [](const TaskRun &, qint64) -> Result<> { return {}; });
    return tasks;
}

} // namespace

WorkCrew::WorkCrew(const QString &url, const QString &journal, int count)
    : bench(url, work())
    , m_url(url)
    , m_journal(journal)
{
    bench.execute(u"CREATE TABLE result (number INTEGER PRIMARY KEY)"_s);
    const auto pushed = bench.write([this, count](Connection &connection) -> Result<> {
        for (int i = 0; i < count; ++i) {
            if (const auto id = Tasks(&bench.outbox).push(connection, u"t.work"_s, jsonArray(i)); !id)
                return id.error();
        }
        return {};
    });
    if (!pushed)
        qFatal("push: %s", qPrintable(pushed.error().message()));
}

std::unique_ptr<QueueWorker> WorkCrew::worker(std::chrono::milliseconds lease) const
{
    return std::make_unique<QueueWorker>(m_url, m_journal, lease);
}

QByteArrayList WorkCrew::journal(const QByteArray &word) const
{
    QFile file(m_journal);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QByteArrayList lines;
    for (const QByteArray &line : file.readAll().split('\n')) {
        if (line.startsWith(word + ' '))
            lines += line.sliced(word.size() + 1);
    }
    return lines;
}
