// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/crumb.h"
#include "supervisor/hostmemory.h"
#include "supervisor/slotview.h"
#include "supervisor/workermemory.h"

#include <QCoreApplication>
#include <QTest>

#include <algorithm>
#include <latch>
#include <memory>
#include <optional>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace quoin::supervisor;
using namespace Qt::StringLiterals;

class tst_Crumbs : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_host.emplace(*HostMemory::create());
        m_memory.emplace(slot());
        m_module = m_memory->addModule(u"org.example.a"_s, QByteArray(32, 'a'));
    }
    void cleanup() { m_memory.reset(); }

    void aCrumbSaysWhatItsThreadDoes();
    void itIsGoneWithItsScope();
    void crumbsNest();
    void withoutAModuleNothingIsSaid();
    void withoutAMemoryNothingIsSaid();
    void eachThreadHasItsOwn();
    void aThreadGivesItsCrumbBack();
    void threadsBeyondTheLastCrumbGoOnUnmarked();
    void whatIsReadBelongsTogether();
    void aModuleKeepsItsNameAndDigest();
    void theTableOfModulesHasAnEnd();
    void thisProgramIsFoundAmongWhatIsMapped();
    void aFileThatIsNotMappedIsNotLocated();
    void locatingTwiceAddsNothing();

private:
    WorkerSlot &slot() { return m_host->slot(0); }

    std::optional<HostMemory> m_host;
    std::optional<WorkerMemory> m_memory;
    int m_module = -1;
};

void tst_Crumbs::aCrumbSaysWhatItsThreadDoes()
{
    const qint64 before = coarseMonotonicMilliseconds();
    const Crumb crumb(m_module, CrumbKind::Pool, std::chrono::seconds(30), 17);
    const auto live = liveCrumbs(slot());
    QCOMPARE(live.size(), 1);
    QCOMPARE(live[0].thread, qint32(::gettid()));
    QCOMPARE(live[0].module, m_module);
    QCOMPARE(live[0].kind, CrumbKind::Pool);
    QCOMPARE(live[0].number, quint64(17));
    QVERIFY(live[0].since >= before && live[0].since <= monotonicMilliseconds());
    QCOMPARE(live[0].deadline, live[0].since + 30'000);
}

void tst_Crumbs::itIsGoneWithItsScope()
{
    {
        const Crumb crumb(m_module, CrumbKind::Loop);
        QCOMPARE(liveCrumbs(slot()).size(), 1);
    }
    QCOMPARE(liveCrumbs(slot()).size(), 0);
}

void tst_Crumbs::crumbsNest()
{
    const int other = m_memory->addModule(u"org.example.b"_s, {});
    const Crumb outer(m_module, CrumbKind::Loop, std::chrono::seconds(1), 1);
    const LiveCrumb before = liveCrumbs(slot())[0];
    {
        const Crumb inner(other, CrumbKind::Task, {}, 2);
        const auto live = liveCrumbs(slot());
        QCOMPARE(live.size(), 1); // of one thread
        QCOMPARE(live[0].module, other);
        QCOMPARE(live[0].deadline, 0);
    }
    const auto live = liveCrumbs(slot());
    QCOMPARE(live.size(), 1);
    QCOMPARE(live[0].module, m_module);
    QCOMPARE(live[0].kind, CrumbKind::Loop);
    QCOMPARE(live[0].number, quint64(1));
    QCOMPARE(live[0].since, before.since);
    QCOMPARE(live[0].deadline, before.deadline);
}

void tst_Crumbs::withoutAModuleNothingIsSaid()
{
    const Crumb crumb(-1, CrumbKind::Pool);
    QCOMPARE(liveCrumbs(slot()).size(), 0);
}

void tst_Crumbs::withoutAMemoryNothingIsSaid()
{
    m_memory.reset();
    const Crumb crumb(m_module, CrumbKind::Pool);
    QCOMPARE(liveCrumbs(slot()).size(), 0);
}

void tst_Crumbs::eachThreadHasItsOwn()
{
    constexpr int count = 20;
    std::latch allIn(count + 1);
    std::latch mayLeave(1);
    std::vector<std::thread> threads;
    for (int index = 0; index < count; ++index) {
        threads.emplace_back([&, index] {
            const Crumb crumb(m_module, CrumbKind::Pool, {}, quint64(index));
            allIn.count_down();
            mayLeave.wait();
        });
    }
    allIn.arrive_and_wait();
    const auto live = liveCrumbs(slot());
    mayLeave.count_down();
    for (std::thread &thread : threads)
        thread.join();

    QCOMPARE(live.size(), count);
    QSet<quint64> numbers;
    QSet<qint32> ids;
    for (const LiveCrumb &crumb : live) {
        numbers.insert(crumb.number);
        ids.insert(crumb.thread);
    }
    QCOMPARE(numbers.size(), count);
    QCOMPARE(ids.size(), count);
}

void tst_Crumbs::aThreadGivesItsCrumbBack()
{
    for (int round = 0; round < 3 * WorkerSlot::mostThreads; ++round)
        std::thread([this] { const Crumb crumb(m_module, CrumbKind::Pool); }).join();
    QCOMPARE(slot().unmarked.load(), 0U);
    QCOMPARE(slot().threadsSeen.load(), 1U);
    QCOMPARE(slot().crumbs[0].thread.load(), 0);
}

void tst_Crumbs::threadsBeyondTheLastCrumbGoOnUnmarked()
{
    constexpr int count = WorkerSlot::mostThreads + 5;
    std::latch allIn(count + 1);
    std::latch mayLeave(1);
    std::vector<std::thread> threads;
    for (int index = 0; index < count; ++index) {
        threads.emplace_back([&] {
            const Crumb crumb(m_module, CrumbKind::Pool);
            allIn.count_down();
            mayLeave.wait();
        });
    }
    allIn.arrive_and_wait();
    const auto live = liveCrumbs(slot()).size();
    mayLeave.count_down();
    for (std::thread &thread : threads)
        thread.join();
    QCOMPARE(live, qsizetype(WorkerSlot::mostThreads));
    QCOMPARE(slot().unmarked.load(), 5U);

    const Crumb crumb(m_module, CrumbKind::Pool); // and afterwards there is room again
    QCOMPARE(liveCrumbs(slot()).size(), 1);
}

/// One thread changes its crumb as fast as it can, and each crumb's number tells all its other values.
void tst_Crumbs::whatIsReadBelongsTogether()
{
    std::atomic<bool> isEnough = false;
    std::thread writer([&] {
        for (quint64 number = 1; !isEnough; ++number) {
            const bool isOdd = number % 2 != 0;
            const Crumb crumb(isOdd ? 1 : 2, isOdd ? CrumbKind::Loop : CrumbKind::Task,
                              std::chrono::milliseconds(isOdd ? 1000 : 0), number);
        }
    });
    int seen = 0;
    bool isTorn = false;
    for (int round = 0; (round < 100'000 || seen < 1000) && !isTorn; ++round) {
        for (const LiveCrumb &crumb : liveCrumbs(slot())) {
            ++seen;
            const bool isOdd = crumb.number % 2 != 0;
            isTorn = crumb.module != (isOdd ? 1 : 2) || crumb.kind != (isOdd ? CrumbKind::Loop : CrumbKind::Task)
                || crumb.deadline != (isOdd ? crumb.since + 1000 : 0);
        }
    }
    isEnough = true;
    writer.join();
    QVERIFY(!isTorn);
}

void tst_Crumbs::aModuleKeepsItsNameAndDigest()
{
    const auto raw = pluginAt(slot(), m_module);
    QVERIFY(raw);
    QCOMPARE(raw->name, u"org.example.a"_s);
    QCOMPARE(raw->sha256, QByteArray(32, 'a').toHex());
    const auto hexadecimal = pluginAt(slot(), m_memory->addModule(u"b"_s, raw->sha256));
    QVERIFY(hexadecimal);
    QCOMPARE(hexadecimal->sha256, raw->sha256);

    const auto longest = pluginAt(slot(), m_memory->addModule(QString(1000, u'x'), QByteArray(1000, 'y')));
    QVERIFY(longest);
    QCOMPARE(longest->name.size(), ModuleEntry::longestName);
    QCOMPARE(longest->sha256.size(), 64);
    QVERIFY(!pluginAt(slot(), 3));
    QVERIFY(!pluginAt(slot(), -1));
}

void tst_Crumbs::theTableOfModulesHasAnEnd()
{
    for (int index = 1; index < WorkerSlot::mostModules; ++index)
        QCOMPARE(m_memory->addModule(u"p%1"_s.arg(index), {}), index);
    QCOMPARE(m_memory->addModule(u"one more"_s, {}), -1);
    m_memory->locateEverythingElse();
    QCOMPARE(modules(slot()).size(), qsizetype(WorkerSlot::mostModules));
}

void tst_Crumbs::thisProgramIsFoundAmongWhatIsMapped()
{
    QVERIFY(m_memory->locateModule(m_module, QCoreApplication::applicationFilePath()));
    const auto here = quint64(reinterpret_cast<quintptr>(&liveCrumbs));
    QVERIFY(pluginAt(slot(), m_module)->holds(here));
    m_memory->locateEverythingElse();
    const auto all = modules(slot());
    QCOMPARE(std::count_if(all.begin(), all.end(), [here](const MappedModule &one) { return one.holds(here); }), 1);
    const auto inQt = quint64(reinterpret_cast<quintptr>(&QCoreApplication::applicationFilePath));
    const auto core = std::find_if(all.begin(), all.end(),
                                   [](const auto &one) { return one.name == u"libQt6Core.so.6"_s; });
    QVERIFY(core != all.end());
    QVERIFY(!core->isPlugin);
    Q_UNUSED(inQt); // its address may be that of a stub in this program
}

void tst_Crumbs::aFileThatIsNotMappedIsNotLocated()
{
    QVERIFY(!m_memory->locateModule(m_module, u"/nowhere/org.example.a.so"_s));
    QVERIFY(!m_memory->locateModule(-1, QCoreApplication::applicationFilePath()));
    QVERIFY(!m_memory->locateModule(5, QCoreApplication::applicationFilePath()));
    QVERIFY(!pluginAt(slot(), m_module)->holds(0));
}

void tst_Crumbs::locatingTwiceAddsNothing()
{
    m_memory->locateEverythingElse();
    const auto count = modules(slot()).size();
    QVERIFY(count > 3);
    m_memory->locateEverythingElse();
    QCOMPARE(modules(slot()).size(), count);
}

QTEST_GUILESS_MAIN(tst_Crumbs)
#include "tst_crumbs.moc"
