// SPDX-License-Identifier: GPL-3.0-only
// The task threads alone: what is run together, how each run ends, what is taken back.
#include "journal.h"

#include "queue/runpool.h"

#include <quoin/detail/handlers.h>

#include <QTest>

#include <functional>

using namespace quoin;
using namespace quoin::queue;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

using Batch = std::function<QList<Result<>>(const QList<TaskRun> &)>;
using Single = std::function<Result<>(const TaskRun &)>;

QList<Result<>> allFine(const QList<TaskRun> &runs) { return QList<Result<>>(runs.size()); }

QByteArray idsOf(const QList<TaskRun> &runs)
{
    QByteArrayList ids;
    for (const TaskRun &run : runs)
        ids += QByteArray::number(run.id());
    return ids.join(' ');
}

/// A handler that was not made of the SDK's sugar.
class RawBatch final : public abi::BatchTaskHandler
{
public:
    explicit RawBatch(std::function<void(const QList<const abi::TaskRun *> &, abi::BatchOutcomes &)> function)
        : m_function(std::move(function))
    {
    }
    void run(const QList<const abi::TaskRun *> &runs, abi::BatchOutcomes *outcomes) override
    {
        m_function(runs, *outcomes);
    }

private:
    std::function<void(const QList<const abi::TaskRun *> &, abi::BatchOutcomes &)> m_function;
};

} // namespace

class tst_RunPool : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void whatWaitsOfOneKindIsRunTogether();
    void aBatchIsNoLargerThanItsKindAllows();
    void aBatchTakesNothingOfAnotherKind();
    void whatIsTriedAgainIsAmongFewer();
    void freeThreadsShareWhatWaits();
    void hugeArgumentsAreSpreadOverBatches();
    void eachRunOfABatchHasItsOwnOutcome();
    void aBatchThatThrowsFailsEachRun();
    void theWrongNumberOfResultsFailsEachRun();
    void whatNothingIsToldOfHasFailed();
    void wordsBeforeAnExceptionStand();
    void argumentsThatCannotBeReadFailTheirRunOnly();
    void whatHasNotBegunIsGivenBack();
    void aRunThatWasTakenBackIsNotPartOfABatch();
    void oneRunOfABatchCanBeAskedToStop();
    void aDrainReachesEachRunOfABatch();
    void aRunMayHaveLimitsOfItsOwn();
    void aHardLimitIsToldOfOnce();
    void whatHasBegunIsToldOf();
    void moreThreadsTakeWhatWaits();
    void fewerThreadsEndAfterWhatTheyRun();
    void shortBatchesAreClaimedFurtherAhead();
    void everyRunEndsOnceWhateverElseHappens();

private:
    TaskKind batchKind(Batch function, int largest = 64);
    TaskKind rawKind(std::function<void(const QList<const abi::TaskRun *> &, abi::BatchOutcomes &)> function);
    TaskKind singleKind(Single function);
    static QList<Assignment> assignments(const TaskKind &kind, qint64 first, int count,
                                         const QByteArray &arguments = "[]");
    void makePool(int threads);
    /// Starts one run that keeps a thread until the gate opens.
    void occupy(int threads = 1);
    /// What has ended, in the order of their ids: "1 fine", "2 <error>".
    QStringList ended(qsizetype count);

    std::vector<std::unique_ptr<abi::TaskHandler>> m_handlers;
    std::vector<std::unique_ptr<abi::BatchTaskHandler>> m_batches;
    Journal m_journal;
    std::unique_ptr<Gate> m_gate;
    std::unique_ptr<RunPool> m_pool;
    QList<RunPool::Finished> m_finished;
};

void tst_RunPool::init()
{
    m_gate = std::make_unique<Gate>();
    m_finished.clear();
    m_journal.clear();
}

void tst_RunPool::cleanup()
{
    m_gate->open();
    m_pool.reset();
}

TaskKind tst_RunPool::batchKind(Batch function, int largest)
{
    m_batches.push_back(std::make_unique<detail::BatchTaskFunction<Batch>>(std::move(function)));
    return {.batch = m_batches.back().get(), .largestBatch = largest};
}

TaskKind tst_RunPool::rawKind(std::function<void(const QList<const abi::TaskRun *> &, abi::BatchOutcomes &)> function)
{
    m_batches.push_back(std::make_unique<RawBatch>(std::move(function)));
    return {.batch = m_batches.back().get(), .largestBatch = 64};
}

TaskKind tst_RunPool::singleKind(Single function)
{
    m_handlers.push_back(std::make_unique<detail::TaskFunction<Single>>(std::move(function)));
    return {.handler = m_handlers.back().get()};
}

QList<Assignment> tst_RunPool::assignments(const TaskKind &kind, qint64 first, int count, const QByteArray &arguments)
{
    QList<Assignment> list;
    for (qint64 id = first; id < first + count; ++id)
        list += {{id, u"t.task"_s, arguments, 1}, u"t.task"_s, kind};
    return list;
}

void tst_RunPool::makePool(int threads)
{
    m_pool = std::make_unique<RunPool>(threads, [] {});
}

void tst_RunPool::occupy(int threads)
{
    const int arrived = m_gate->arrived();
    m_pool->start(assignments(singleKind([this](const TaskRun &) -> Result<> {
                                  m_gate->pass();
                                  return {};
                              }),
                              1000, threads));
    QTRY_COMPARE(m_gate->arrived(), arrived + threads);
}

QStringList tst_RunPool::ended(qsizetype count)
{
    [&] { QTRY_VERIFY((m_finished += m_pool->takeFinished()).size() >= count); }();
    std::ranges::sort(m_finished, {}, [](const RunPool::Finished &one) { return one.outcome.id; });
    QStringList words;
    for (const auto &one : std::as_const(m_finished)) {
        if (one.outcome.id < 1000)
            words += QString::number(one.outcome.id) + u' '
                + (one.outcome.error ? one.outcome.error->message() : u"fine"_s);
    }
    return words;
}

void tst_RunPool::whatWaitsOfOneKindIsRunTogether()
{
    makePool(1);
    occupy();
    const TaskKind kind = batchKind([this](const QList<TaskRun> &runs) {
        m_journal.note(idsOf(runs));
        return allFine(runs);
    });
    m_pool->start(assignments(kind, 1, 3));
    m_pool->start(assignments(kind, 4, 2)); // also what came later
    m_gate->open();
    QCOMPARE(ended(6), (QStringList{u"1 fine"_s, u"2 fine"_s, u"3 fine"_s, u"4 fine"_s, u"5 fine"_s}));
    QCOMPARE(m_journal.entries(), QByteArrayList{"1 2 3 4 5"});
    QCOMPARE(m_pool->heldCount(), 0);
}

void tst_RunPool::aBatchIsNoLargerThanItsKindAllows()
{
    makePool(1);
    occupy();
    m_pool->start(assignments(batchKind(
                                  [this](const QList<TaskRun> &runs) {
                                      m_journal.note(idsOf(runs));
                                      return allFine(runs);
                                  },
                                  4),
                              1, 10));
    m_gate->open();
    QCOMPARE(ended(11).size(), 10);
    QCOMPARE(m_journal.entries(), (QByteArrayList{"1 2 3 4", "5 6 7 8", "9 10"}));
}

void tst_RunPool::aBatchTakesNothingOfAnotherKind()
{
    makePool(1);
    occupy();
    const auto noting = [this](const QByteArray &name) {
        return [this, name](const QList<TaskRun> &runs) {
            m_journal.note(name + ": " + idsOf(runs));
            return allFine(runs);
        };
    };
    const TaskKind a = batchKind(noting("a"));
    const TaskKind b = batchKind(noting("b"));
    const TaskKind single = singleKind([this](const TaskRun &run) -> Result<> {
        m_journal.note("single: " + QByteArray::number(run.id()));
        return {};
    });
    m_pool->start(assignments(a, 1, 2) + assignments(single, 3, 1) + assignments(b, 4, 1) + assignments(a, 5, 2)
                  + assignments(single, 7, 1) + assignments(b, 8, 1));
    m_gate->open();
    QCOMPARE(ended(9).size(), 8);
    QCOMPARE(m_journal.entries(), (QByteArrayList{"a: 1 2 5 6", "single: 3", "b: 4 8", "single: 7"}));
}

void tst_RunPool::whatIsTriedAgainIsAmongFewer()
{
    makePool(1);
    occupy();
    const TaskKind kind = batchKind(
        [this](const QList<TaskRun> &runs) {
            m_journal.note(idsOf(runs));
            return allFine(runs);
        },
        16);
    QList<Assignment> runs = assignments(kind, 1, 10);
    for (const auto &[index, attempt] : {std::pair(0, 3), {1, 2}, {2, 2}, {3, 2}, {4, 2}, {5, 2}, {9, 50}})
        runs[index].claimed.attempt = attempt;
    m_pool->start(runs);
    m_gate->open();
    QCOMPARE(ended(11).size(), 10);
    QCOMPARE(m_journal.entries(), (QByteArrayList{"1", "2 3 4 5", "6 7 8 9", "10"}));
}

void tst_RunPool::freeThreadsShareWhatWaits()
{
    makePool(4);
    m_pool->start(assignments(batchKind([this](const QList<TaskRun> &runs) {
                                  m_journal.note(QByteArray::number(runs.size()));
                                  m_gate->pass();
                                  return allFine(runs);
                              }),
                              1, 10));
    QTRY_COMPARE(m_gate->arrived(), 4); // not one thread with all of them
    m_gate->open();
    QCOMPARE(ended(10).size(), 10);
    QByteArrayList sizes = m_journal.entries();
    std::ranges::sort(sizes);
    QCOMPARE(sizes, (QByteArrayList{"2", "2", "3", "3"}));
}

void tst_RunPool::hugeArgumentsAreSpreadOverBatches()
{
    makePool(1);
    occupy();
    const QByteArray huge = "[\"" + QByteArray(6 * 1024 * 1024, 'x') + "\"]";
    m_pool->start(assignments(batchKind([this](const QList<TaskRun> &runs) {
                                  m_journal.note(idsOf(runs));
                                  return allFine(runs);
                              }),
                              1, 5, huge));
    m_gate->open();
    QCOMPARE(ended(6).size(), 5);
    QCOMPARE(m_journal.entries(), (QByteArrayList{"1 2 3", "4 5"}));
}

void tst_RunPool::eachRunOfABatchHasItsOwnOutcome()
{
    makePool(1);
    m_pool->start(assignments(batchKind([](const QList<TaskRun> &runs) {
                                  QList<Result<>> results;
                                  for (const TaskRun &run : runs)
                                      results += run.id() % 2 ? Result<>()
                                                              : Result<>(Error::unavailable(u"not %1"_s.arg(run.id())));
                                  return results;
                              }),
                              1, 4));
    QCOMPARE(ended(4), (QStringList{u"1 fine"_s, u"2 not 2"_s, u"3 fine"_s, u"4 not 4"_s}));
}

void tst_RunPool::aBatchThatThrowsFailsEachRun()
{
    makePool(1);
    m_pool->start(assignments(
        batchKind([](const QList<TaskRun> &) -> QList<Result<>> { throw std::runtime_error("boom"); }), 1, 2));
    const QStringList words = ended(2);
    QCOMPARE(words.size(), 2);
    for (const QString &word : words)
        QVERIFY2(word.contains(u"boom"_s), qPrintable(word));
}

void tst_RunPool::theWrongNumberOfResultsFailsEachRun()
{
    makePool(1);
    m_pool->start(assignments(batchKind([](const QList<TaskRun> &) { return QList<Result<>>(1); }), 1, 3));
    const QString sentence = u"the function of a batch of 3 runs returned 1 results"_s;
    QCOMPARE(ended(3), (QStringList{u"1 "_s + sentence, u"2 "_s + sentence, u"3 "_s + sentence}));
}

void tst_RunPool::whatNothingIsToldOfHasFailed()
{
    makePool(1);
    m_pool->start(assignments(rawKind([](const QList<const abi::TaskRun *> &, abi::BatchOutcomes &outcomes) {
                                  outcomes.succeed(1);
                                  outcomes.fail(1, Error::internal(u"too late"_s)); // the first word counts
                                  outcomes.succeed(-1);
                                  outcomes.succeed(3); // there is no such run
                              }),
                              1, 3));
    const QString sentence = u"the batch ended without telling the outcome of this run"_s;
    QCOMPARE(ended(3), (QStringList{u"1 "_s + sentence, u"2 fine"_s, u"3 "_s + sentence}));
}

void tst_RunPool::wordsBeforeAnExceptionStand()
{
    makePool(1);
    m_pool->start(assignments(rawKind([](const QList<const abi::TaskRun *> &, abi::BatchOutcomes &outcomes) {
                                  outcomes.succeed(0);
                                  throw 7;
                              }),
                              1, 2));
    QCOMPARE(ended(2), (QStringList{u"1 fine"_s, u"2 an exception of an unknown type"_s}));
}

void tst_RunPool::argumentsThatCannotBeReadFailTheirRunOnly()
{
    makePool(1);
    const TaskKind kind = batchKind([this](const QList<TaskRun> &runs) {
        QList<Result<>> results;
        for (const TaskRun &run : runs) {
            const auto arguments = run.arguments<qint64, QString>();
            results += arguments ? Result<>() : arguments.error();
            if (arguments)
                m_journal.note(QByteArray::number(std::get<0>(*arguments)) + std::get<1>(*arguments).toUtf8());
        }
        return results;
    });
    m_pool->start(assignments(kind, 1, 1, "[7,\"seven\"]") + assignments(kind, 2, 1, "{")
                  + assignments(kind, 3, 1, "[1]") + assignments(kind, 4, 1, "[\"1\",\"x\"]"));
    const QStringList words = ended(4);
    QCOMPARE(words.size(), 4);
    QCOMPARE(words[0], u"1 fine"_s);
    QVERIFY2(words[1].contains(u"JSON array"_s), qPrintable(words[1]));
    QCOMPARE(words[2], u"3 t.task takes 2 arguments, not 1"_s);
    QCOMPARE(words[3], u"4 an argument of t.task has the wrong type"_s);
    QCOMPARE(m_journal.entries(), QByteArrayList{"7seven"});
    for (const auto &one : std::as_const(m_finished).sliced(1))
        QCOMPARE(one.outcome.error->kind(), ErrorKind::Invalid); // never to be right
}

void tst_RunPool::whatHasNotBegunIsGivenBack()
{
    makePool(1);
    const TaskKind kind = batchKind(
        [this](const QList<TaskRun> &runs) {
            m_gate->pass();
            return allFine(runs);
        },
        3);
    m_pool->start(assignments(kind, 1, 8));
    QTRY_COMPARE(m_gate->arrived(), 1);
    QList<LeaseKey> back = m_pool->takeWaiting();
    std::ranges::sort(back);
    QCOMPARE(back, (QList<LeaseKey>{{4, 1}, {5, 1}, {6, 1}, {7, 1}, {8, 1}}));
    m_gate->open();
    QCOMPARE(ended(3), (QStringList{u"1 fine"_s, u"2 fine"_s, u"3 fine"_s}));
    QCOMPARE(m_gate->arrived(), 1);
}

void tst_RunPool::aRunThatWasTakenBackIsNotPartOfABatch()
{
    makePool(1);
    occupy();
    m_pool->start(assignments(batchKind([this](const QList<TaskRun> &runs) {
                                  m_journal.note(idsOf(runs));
                                  return allFine(runs);
                              }),
                              1, 4));
    QVERIFY(m_pool->takeBack({2, 1}));
    QVERIFY(!m_pool->takeBack({2, 1}));    // not held any more
    QVERIFY(!m_pool->takeBack({1000, 1})); // runs
    m_gate->open();
    QCOMPARE(ended(4).size(), 3);
    QCOMPARE(m_journal.entries(), QByteArrayList{"1 3 4"});
}

void tst_RunPool::oneRunOfABatchCanBeAskedToStop()
{
    makePool(1);
    m_pool->start(assignments(batchKind([this](const QList<TaskRun> &runs) {
                                  m_gate->pass();
                                  QList<Result<>> results;
                                  for (const TaskRun &run : runs)
                                      results += run.isStopRequested() ? Result<>(Error::unavailable(u"stopped"_s))
                                                                       : Result<>();
                                  return results;
                              }),
                              1, 3));
    QTRY_COMPARE(m_gate->arrived(), 1);
    const auto second = m_pool->find({2, 1});
    QVERIFY(second);
    second->requestStop();
    m_gate->open();
    QCOMPARE(ended(3), (QStringList{u"1 fine"_s, u"2 stopped"_s, u"3 fine"_s}));
    QVERIFY(m_finished[1].outcome.stopped && !m_finished[0].outcome.stopped);
    QVERIFY(settle(m_finished[1].outcome, {}, 0).state == TaskState::Cancelled);
}

void tst_RunPool::aDrainReachesEachRunOfABatch()
{
    makePool(1);
    m_pool->start(assignments(batchKind([this](const QList<TaskRun> &runs) {
                                  m_gate->pass();
                                  QList<Result<>> results; // the first was done before it was asked
                                  for (qsizetype i = 0; i < runs.size(); ++i)
                                      results += i > 0 && runs[i].isStopRequested()
                                          ? Result<>(Error::unavailable(u"stopped"_s))
                                          : Result<>();
                                  return results;
                              }),
                              1, 3));
    QTRY_COMPARE(m_gate->arrived(), 1);
    m_pool->requestStop();
    m_gate->open();
    QCOMPARE(ended(3), (QStringList{u"1 fine"_s, u"2 stopped"_s, u"3 stopped"_s}));
    QVERIFY(settle(m_finished[0].outcome, {}, 0).state == TaskState::Done);
    QVERIFY(settle(m_finished[1].outcome, {}, 0).state == TaskState::Ready); // given back
}

void tst_RunPool::aRunMayHaveLimitsOfItsOwn()
{
    makePool(2);
    const TaskKind kind = singleKind([this](const TaskRun &run) -> Result<> {
        m_gate->pass();
        return run.isStopRequested() ? Result<>(Error::unavailable(u"out of time"_s)) : Result<>();
    });
    QList<Assignment> both = assignments(kind, 1, 2);
    both[0].limits.soft = 0ms;
    m_pool->start(both);
    QTRY_COMPARE(m_gate->arrived(), 2);
    const auto overruns = m_pool->takeOverruns();
    QCOMPARE(overruns.size(), 1);
    QCOMPARE(overruns.first()->id(), 1);
    QVERIFY(m_pool->takeOverruns().isEmpty()); // told of once
    QVERIFY(m_pool->takeHardOverruns().isEmpty());
    m_gate->open();
    QCOMPARE(ended(2), (QStringList{u"1 out of time"_s, u"2 fine"_s}));
    QVERIFY(m_finished[0].outcome.overran && !m_finished[1].outcome.overran);
}

void tst_RunPool::aHardLimitIsToldOfOnce()
{
    makePool(1);
    QList<Assignment> runs = assignments(singleKind([this](const TaskRun &) -> Result<> {
                                             m_gate->pass();
                                             return {};
                                         }),
                                         1, 2);
    for (Assignment &run : runs)
        run.limits.hard = 0ms;
    m_pool->start(runs);
    QTRY_COMPARE(m_gate->arrived(), 1);
    const auto overruns = m_pool->takeHardOverruns(); // of the one that runs: a limit counts from the beginning
    QCOMPARE(overruns.size(), 1);
    QCOMPARE(overruns.first()->id(), 1);
    QVERIFY(m_pool->takeHardOverruns().isEmpty());
}

void tst_RunPool::whatHasBegunIsToldOf()
{
    std::atomic<int> told = 0;
    m_pool = std::make_unique<RunPool>(
        1, [] {}, [&told] { ++told; });
    const qint64 before = systemMicroseconds();
    m_pool->start(assignments(batchKind(
                                  [this](const QList<TaskRun> &runs) {
                                      m_gate->pass();
                                      return allFine(runs);
                                  },
                                  2),
                              1, 3));
    QTRY_COMPARE(m_gate->arrived(), 1);
    QCOMPARE(told, 1);
    const auto begun = m_pool->takeBegun();
    QCOMPARE(begun.size(), 2);
    QVERIFY(begun[0]->id() == 1 && begun[1]->id() == 2 && begun[0]->started() >= before);
    QCOMPARE(m_pool->find({3, 1})->started(), 0);
    m_gate->open();
    QCOMPARE(ended(3).size(), 3);
    QCOMPARE(m_pool->takeBegun().size(), 1);
    QCOMPARE(told, 2);
}

void tst_RunPool::moreThreadsTakeWhatWaits()
{
    makePool(1);
    m_pool->start(assignments(singleKind([this](const TaskRun &) -> Result<> {
                                  m_gate->pass();
                                  return {};
                              }),
                              1, 3));
    QTRY_COMPARE(m_gate->arrived(), 1);
    m_pool->setConcurrency(3);
    QTRY_COMPARE(m_gate->arrived(), 3);
}

void tst_RunPool::fewerThreadsEndAfterWhatTheyRun()
{
    makePool(3);
    occupy(3);
    m_pool->setConcurrency(1);
    QCOMPARE(m_pool->concurrency(), 1);
    std::atomic<int> now = 0;
    std::atomic<int> most = 0;
    m_pool->start(assignments(singleKind([&](const TaskRun &) -> Result<> {
                                  most = std::max<int>(most, ++now);
                                  std::this_thread::yield();
                                  --now;
                                  return {};
                              }),
                              1, 200));
    m_gate->open();
    QCOMPARE(ended(203).size(), 200);
    QCOMPARE(most, 1);
}

void tst_RunPool::shortBatchesAreClaimedFurtherAhead()
{
    makePool(2);
    QCOMPARE(m_pool->room(), 2); // how long they take is not known
    const TaskKind kind = batchKind(allFine, 100);
    m_pool->start(assignments(kind, 1, 200));
    ended(200);
    QVERIFY2(m_pool->room() == 2 + 2 * 2 * 100, qPrintable(QString::number(m_pool->room())));
}

/// Threads that come and go, runs that are taken back, a drain: each run ends or is given back, never both.
void tst_RunPool::everyRunEndsOnceWhateverElseHappens()
{
    makePool(3);
    const TaskKind batch = batchKind(
        [](const QList<TaskRun> &runs) {
            std::this_thread::yield();
            return allFine(runs);
        },
        5);
    const TaskKind single = singleKind([](const TaskRun &) -> Result<> { return {}; });
    QHash<qint64, int> ends;
    constexpr int rounds = 60;
    const auto collect = [&] {
        for (const auto &one : m_pool->takeFinished())
            ++ends[one.outcome.id];
    };
    for (int round = 0; round < rounds; ++round) {
        m_pool->start(assignments(batch, round * 20, 10) + assignments(single, round * 20 + 10, 10));
        m_pool->setConcurrency(1 + round % 4);
        if (round % 3 == 0 && m_pool->takeBack({round * 20 + 7, 1}))
            ++ends[round * 20 + 7];
        collect();
    }
    for (const LeaseKey &key : m_pool->takeWaiting())
        ++ends[key.first];
    QTRY_VERIFY((collect(), m_pool->heldCount() == 0));
    QCOMPARE(ends.size(), rounds * 20);
    QVERIFY(std::ranges::all_of(ends, [](int count) { return count == 1; }));
}

QTEST_GUILESS_MAIN(tst_RunPool)
#include "tst_runpool.moc"
