// SPDX-License-Identifier: GPL-3.0-only
#include <quoin/future.h>

#include <QTest>
#include <QtConcurrentRun>

#include <barrier>
#include <stdexcept>
#include <thread>

using namespace Qt::StringLiterals;
using namespace quoin;

class TestFuture : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aReadyValueIsThereAtOnce();
    void anErrorPassesByWhatWantsAValue();
    void whatTakesAResultSeesTheError();
    void aFutureInsideIsUnwrapped();
    void whatAContinuationThrowsIsAnInternalError();
    void workGivenUpIsAnInternalError();
    void resultWaitsForAnotherThread();
    void aContinuationRunsOnceWhileAnotherThreadFinishes();
    void theFirstResultCounts();
    void aQFutureBecomesAFuture();
    void aQFutureThatThrewIsAnInternalError();
};

void TestFuture::aReadyValueIsThereAtOnce()
{
    const Future<int> future = 7;
    QVERIFY(future.isFinished());
    QCOMPARE(*future.result(), 7);
    QCOMPARE(*future.then([](int value) { return value + 1; }).result(), 8);
    QVERIFY(Future<>(Result<>()).then([] {}).result());
}

void TestFuture::anErrorPassesByWhatWantsAValue()
{
    bool called = false;
    const Future<int> future = Error::notFound(u"nobody"_s);
    const auto last = future.then([&](int) { return called = true; }).then([&](bool) { called = true; });
    QVERIFY(!called);
    QCOMPARE(last.result().error().message(), u"nobody"_s);
    QVERIFY(!Future<>(Error::conflict(u"no"_s)).then([&] { called = true; }).result());
    QVERIFY(!called);
}

void TestFuture::whatTakesAResultSeesTheError()
{
    const Future<int> future = Error::notFound(u"nobody"_s);
    QCOMPARE(*future.then([](const Result<int> &result) { return result ? 0 : 1; }).result(), 1);
}

void TestFuture::aFutureInsideIsUnwrapped()
{
    Promise<QString> inner;
    Promise<int> outer;
    const Future<QString> future = outer.future().then([&](int) { return inner.future(); });
    outer.finish(1);
    QVERIFY(!future.isFinished());
    inner.finish(u"in"_s);
    QCOMPARE(*future.result(), u"in"_s);
}

void TestFuture::whatAContinuationThrowsIsAnInternalError()
{
    const auto future = Future<int>(1).then([](int) -> int { throw std::runtime_error("broken"); });
    QCOMPARE(future.result().error().kind(), ErrorKind::Internal);
    QVERIFY(future.result().error().message().contains(u"broken"_s));
}

void TestFuture::workGivenUpIsAnInternalError()
{
    std::optional<Promise<int>> promise(std::in_place);
    const auto future = promise->future();
    promise.reset();
    QCOMPARE(future.result().error().kind(), ErrorKind::Internal);
}

void TestFuture::resultWaitsForAnotherThread()
{
    Promise<int> promise;
    const auto future = promise.future();
    std::jthread worker([&] { promise.finish(5); });
    QCOMPARE(*future.result(), 5);
}

void TestFuture::aContinuationRunsOnceWhileAnotherThreadFinishes()
{
    constexpr int rounds = 20'000;
    std::vector<Promise<int>> promises(rounds);
    std::vector<std::atomic<int>> calls(rounds);
    std::barrier start(2);
    std::jthread finisher([&] {
        start.arrive_and_wait();
        for (int i = 0; i < rounds; ++i)
            promises[static_cast<size_t>(i)].finish(i);
    });
    start.arrive_and_wait();
    std::vector<Future<>> lasts;
    for (int i = 0; i < rounds; ++i) {
        const auto at = static_cast<size_t>(i);
        lasts.push_back(promises[at].future().then([](int value) { return value; }).then([&calls](int value) {
            ++calls[static_cast<size_t>(value)];
        }));
    }
    for (const auto &last : lasts)
        QVERIFY(last.result());
    for (const auto &count : calls)
        QCOMPARE(count.load(), 1);
}

void TestFuture::theFirstResultCounts()
{
    Promise<int> promise;
    promise.finish(1);
    promise.finish(2);
    QCOMPARE(*promise.future().result(), 1);
}

void TestFuture::aQFutureBecomesAFuture()
{
    const Future<int> now = QtFuture::makeReadyFuture(3);
    QCOMPARE(*now.result(), 3);

    QPromise<Result<int>> promise;
    promise.start();
    const Future<int> later = promise.future();
    QVERIFY(!later.isFinished());
    promise.addResult(Result<int>(4));
    promise.finish();
    QTRY_VERIFY(later.isFinished());
    QCOMPARE(*later.result(), 4);
}

void TestFuture::aQFutureThatThrewIsAnInternalError()
{
    const Future<int> future = QtConcurrent::run([]() -> int { throw std::runtime_error("broken"); });
    QTRY_VERIFY(future.isFinished());
    QCOMPARE(future.result().error().kind(), ErrorKind::Internal);
}

QTEST_GUILESS_MAIN(TestFuture)

#include "tst_future.moc"
