// SPDX-License-Identifier: GPL-3.0-only
// How the page of records feels with many: bench_records URL TOKEN-FILE, with a server that has them
// (tests/bench/millionrecords.py). Prints and asserts nothing; not among the tests.
#include "pageground.h"
#include "records/recordmodel.h"
#include "records/recordspage.h"
#include "records/recordtable.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QScrollBar>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace admin;

namespace {

/// The longest time between two turns of the event loop.
class Gaps : public QObject
{
public:
    Gaps()
    {
        m_timer.callOnTimeout(this, [this] {
            m_longest = std::max(m_longest, m_clock.nsecsElapsed() / 1000);
            m_clock.start();
        });
    }
    void start()
    {
        m_longest = 0;
        m_clock.start();
        m_timer.start(0);
    }
    double longestMs() const { return static_cast<double>(m_longest) / 1000.0; }

private:
    QTimer m_timer;
    QElapsedTimer m_clock;
    qint64 m_longest = 0;
};

double residentMiB()
{
    QFile file(u"/proc/self/statm"_s);
    if (!file.open(QFile::ReadOnly))
        return 0;
    return file.readAll().split(' ').value(1).toDouble() * 4096 / 1024 / 1024;
}

template <class Condition>
qint64 waitFor(Condition condition)
{
    QElapsedTimer clock;
    clock.start();
    while (!condition() && clock.elapsed() < 60'000)
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 50);
    return clock.elapsed();
}

void scrollThrough(RecordsPage &page, int steps)
{
    QScrollBar *bar = page.table()->verticalScrollBar();
    for (int step = 0; step <= steps; ++step) {
        bar->setValue(static_cast<int>(qint64(bar->maximum()) * step / steps));
        QElapsedTimer clock;
        clock.start();
        while (clock.elapsed() < 16) // a frame
            QCoreApplication::processEvents(QEventLoop::AllEvents, 4);
    }
}

} // namespace

int main(int argc, char *argv[])
{
    QApplication application(argc, argv);
    QFile file(application.arguments().value(2));
    if (argc != 3 || !file.open(QFile::ReadOnly)) {
        fputs("bench_records URL TOKEN-FILE\n", stderr);
        return 2;
    }
    Theme::dress(false);
    Session session(connectionTo(QUrl(application.arguments().at(1))), QString::fromLatin1(file.readAll().trimmed()));
    RecordsPage page;
    Gaps gaps;
    gaps.start();
    show(page, session);
    std::printf("first rows after %lld ms\n",
                static_cast<long long>(waitFor([&] { return page.model()->rowCount() > 0; })));
    std::printf("all %d rows counted after another %lld ms\n", page.model()->rowCount(),
                static_cast<long long>(waitFor([&] { return !page.model()->isCounting(); })));
    std::printf("%d rows\n", page.model()->rowCount());
    std::printf("longest gap of the event loop so far: %.1f ms\n", gaps.longestMs());
    gaps.start();
    scrollThrough(page, 600);
    const qint64 complete = waitFor([&] { return page.model()->isComplete(); });
    std::printf("scrolled from end to end in 600 steps: longest gap %.1f ms; last rows there after %lld ms\n",
                gaps.longestMs(), static_cast<long long>(complete));
    std::printf("resident memory: %.0f MiB\n", residentMiB());
    return 0;
}
