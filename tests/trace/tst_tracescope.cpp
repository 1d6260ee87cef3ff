// SPDX-License-Identifier: GPL-3.0-only
// What a thread works for, and how it comes to other threads.
#include "queue/pushwatch.h"
#include "trace/carried.h"
#include "trace/hosttraces.h"

#include <quoin/batchwrite.h>
#include <quoin/database.h>

#include <QTest>

#include <thread>

using namespace quoin;
using namespace Qt::StringLiterals;

namespace {

QByteArray idNow() { return trace::current() ? trace::traceId(*trace::current()) : QByteArray(); }

QByteArrayList idsNow()
{
    QByteArrayList ids;
    for (const trace::Context &context : trace::currentEach())
        ids += context.isValid() ? trace::traceId(context) : QByteArray();
    return ids;
}

/// Keeps jobs until they are run, on another thread.
class LaterDatabase final : public abi::Database
{
public:
    Dialect dialect() const override { return Dialect::Sqlite; }
    void read(abi::Job *owned) override { m_jobs.emplace_back(owned); }
    void write(abi::Job *owned) override { m_jobs.emplace_back(owned); }

    /// What is there, but not what comes of it.
    void runAll()
    {
        auto jobs = std::exchange(m_jobs, {});
        std::thread([&] {
            for (const auto &job : jobs) {
                job->run(nullptr);
                job->run(nullptr); // as after a rollback
                job->finish(nullptr);
            }
        }).join();
    }
    qsizetype size() const { return static_cast<qsizetype>(m_jobs.size()); }

private:
    std::vector<std::unique_ptr<abi::Job>> m_jobs;
};

} // namespace

class TraceScopeTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void scopesNestAndEnd();
    void severalAreNobodys();
    void jobsAndWhatFollowsThemWorkForTheirMaker();
    void whatIsGatheredKeepsItsOwn();
    void whatTheDatabaseTookIsToldToWhoAsks();
    void aPluginSendsOnWhatItWorksFor();
    void aTaskThatPutsItselfOffBeginsAnew();

private:
    LaterDatabase m_later;
    queue::PushWatch m_watch{&m_later, [] {}};
    const Database m_database{&m_watch};
    trace::HostTraces m_traces;
};

void TraceScopeTest::scopesNestAndEnd()
{
    QVERIFY(!trace::current());
    const auto outer = trace::begin(), inner = trace::begin();
    {
        const trace::Scope first(outer);
        QCOMPARE(idNow(), trace::traceId(outer));
        {
            const trace::Scope second(inner);
            QCOMPARE(idNow(), trace::traceId(inner));
            QByteArray elsewhere = "?";
            std::thread([&] { elsewhere = idNow(); }).join();
            QCOMPARE(elsewhere, QByteArray());
        }
        QCOMPARE(idNow(), trace::traceId(outer));
    }
    QVERIFY(!trace::current());
}

void TraceScopeTest::severalAreNobodys()
{
    const std::vector<trace::Context> two{trace::begin(), trace::begin()};
    const trace::Entered entered(two);
    QVERIFY(!trace::current());
    QCOMPARE(trace::currentEach().size(), 2U);
    QVERIFY(!Traces(&m_traces).capture());
}

void TraceScopeTest::jobsAndWhatFollowsThemWorkForTheirMaker()
{
    const auto maker = trace::begin();
    const QByteArray id = trace::traceId(maker);
    QByteArrayList seen;
    {
        const trace::Scope scope(maker);
        m_database
            .read([&](Connection &) -> Result<> {
                seen += idNow();
                return {};
            })
            .then([&] {
                seen += idNow();
                return m_database.write([&](Connection &) -> Result<> {
                    seen += idNow();
                    return {};
                });
            });
    }
    m_later.runAll();
    QCOMPARE(seen, (QByteArrayList{id, id, id}));
    m_later.runAll();
    QCOMPARE(seen, (QByteArrayList{id, id, id, id, id}));
}

void TraceScopeTest::whatIsGatheredKeepsItsOwn()
{
    QList<QByteArrayList> jobs;
    BatchWrite<int, int> writes(
        m_database,
        [&](Connection &, const QList<int> &values) -> Result<QList<int>> {
            jobs += idsNow();
            return values;
        },
        Traces(&m_traces));
    QByteArrayList ids{{}}, told(6);
    for (int i = 0; i < 6; ++i) {
        std::optional<trace::Scope> scope;
        if (i > 0) { // and the first of nobody's
            const auto context = trace::begin();
            ids.resize(i + 1);
            ids[i] = trace::traceId(context);
            scope.emplace(context);
        }
        writes.write(i).then([&](const Result<int> &value) { told[*value] = idNow(); });
    }
    while (m_later.size() > 0)
        m_later.runAll();
    // Two were alone and under way while the others gathered. Each job is run twice.
    QCOMPARE(jobs.size(), 6);
    QCOMPARE(jobs[0], QByteArrayList{ids[0]});
    QCOMPARE(jobs[2], QByteArrayList{ids[1]});
    QCOMPARE(jobs[4], ids.sliced(2));
    QCOMPARE(told, ids);
}

void TraceScopeTest::whatTheDatabaseTookIsToldToWhoAsks()
{
    auto asking = trace::begin();
    asking.spent = std::make_shared<trace::DatabaseTime>();
    {
        const trace::Scope scope(asking);
        m_database.read([](Connection &) -> Result<> {
            QTest::qSleep(5);
            return {};
        });
    }
    m_later.runAll();
    QVERIFY(asking.spent->microseconds >= 10'000);
}

void TraceScopeTest::aPluginSendsOnWhatItWorksFor()
{
    const Traces traces(&m_traces);
    QVERIFY(traces.traceparent().isNull());
    const auto context = *trace::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "a=b");
    Trace captured;
    {
        const trace::Scope scope(context);
        captured = traces.capture();
    }
    std::thread([&] {
        {
            const auto scope = traces.enter(captured);
            QCOMPARE(traces.traceparent(), trace::traceparent(context));
            QCOMPARE(traces.tracestate(), "a=b");
            const auto nothing = traces.enter({});
            QVERIFY(traces.traceparent().isNull());
        }
        QVERIFY(traces.traceparent().isNull());
    }).join();
    // Of a host that knows nothing of traces.
    const auto scope = Traces().enter(Traces().capture());
    QVERIFY(Traces().traceparent().isNull());
}

void TraceScopeTest::aTaskThatPutsItselfOffBeginsAnew()
{
    auto run = trace::begin();
    run.task = u"t.often"_s;
    const trace::Scope scope(run);
    QCOMPARE(trace::forPush(u"t.often"_s, false).low, run.low);
    QCOMPARE(trace::forPush(u"t.other"_s, true).low, run.low);
    QVERIFY(trace::forPush(u"t.often"_s, true).low != run.low);
}

QTEST_APPLESS_MAIN(TraceScopeTest)
#include "tst_tracescope.moc"
