// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/crashbook.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::plugins;
using Verdict = CrashBook::Verdict;

Q_DECLARE_METATYPE(quoin::plugins::CrashBook::Verdict)

class TestCrashBook final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatCrashesComeTo_data();
    void whatCrashesComeTo();
    void eachVersionCountsForItself();
    void whatIsForgottenCountsNoMore();

private:
    const VersionKey m_key{u"a"_s, "2"};
    const QDateTime m_start = QDateTime(QDate(2026, 1, 1), QTime(12, 0), Qt::UTC);
    /// Live since the start.
    const QList<LiveVersion> m_history{{u"2.0.0"_s, u"A"_s, "2", m_start},
                                       {u"1.0.0"_s, u"A"_s, "1", m_start.addDays(-1)}};
};

void TestCrashBook::whatCrashesComeTo_data()
{
    QTest::addColumn<QList<int>>("seconds");
    QTest::addColumn<int>("versions");
    QTest::addColumn<bool>("canRollBack");
    QTest::addColumn<Verdict>("verdict");
    const auto row = [](const char *name, const QList<int> &seconds, int versions, bool canRollBack, Verdict verdict) {
        QTest::newRow(name) << seconds << versions << canRollBack << verdict;
    };
    row("at once after an upgrade", {0}, 2, true, Verdict::RollBack);
    row("59 s after an upgrade", {59}, 2, true, Verdict::RollBack);
    row("60 s after an upgrade", {60}, 2, true, Verdict::Counted);
    row("no predecessor", {1}, 1, true, Verdict::Counted);
    row("not what the folder offers", {1}, 2, false, Verdict::Counted);
    row("three times", {100, 110, 159}, 2, true, Verdict::Quarantine);
    row("three times in more than the window", {100, 110, 160}, 2, true, Verdict::Counted);
    row("three of four within the window", {100, 130, 161, 189}, 2, true, Verdict::Quarantine);
    row("three times at once", {100, 100, 100}, 2, true, Verdict::Quarantine);
    row("three times without a predecessor", {1, 2, 3}, 1, true, Verdict::Quarantine);
}

void TestCrashBook::whatCrashesComeTo()
{
    QFETCH(QList<int>, seconds);
    QFETCH(int, versions);
    QFETCH(bool, canRollBack);
    QFETCH(Verdict, verdict);
    CrashBook book;
    Verdict last = Verdict::Counted;
    for (const int second : seconds) {
        QVERIFY(last == Verdict::Counted);
        last = book.crashed(m_key, m_history.first(versions), canRollBack, m_start.addSecs(second));
    }
    QVERIFY(last == verdict);
}

void TestCrashBook::eachVersionCountsForItself()
{
    CrashBook book;
    const QDateTime later = m_start.addSecs(100);
    for (const VersionKey &key : {m_key, VersionKey{u"a"_s, "3"}, VersionKey{u"b"_s, "2"}}) {
        QVERIFY(book.crashed(key, m_history, true, later) == Verdict::Counted);
        QVERIFY(book.crashed(key, m_history, true, later) == Verdict::Counted);
    }
    QCOMPARE(book.count(m_key), 2);
}

void TestCrashBook::whatIsForgottenCountsNoMore()
{
    CrashBook book;
    const QDateTime later = m_start.addSecs(100);
    QVERIFY(book.crashed(m_key, m_history, true, later) == Verdict::Counted);
    QVERIFY(book.crashed(m_key, m_history, true, later) == Verdict::Counted);
    book.forget(u"a"_s);
    QCOMPARE(book.count(m_key), 0);
    QVERIFY(book.crashed(m_key, m_history, true, later) == Verdict::Counted);
}

QTEST_GUILESS_MAIN(TestCrashBook)
#include "tst_crashbook.moc"
