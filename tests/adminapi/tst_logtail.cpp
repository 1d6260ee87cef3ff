// SPDX-License-Identifier: GPL-3.0-only
#include "admin/logtail.h"

#include "supervisor/hostmemory.h"

#include <QJsonObject>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::server;
using quoin::supervisor::HostMemory;
using quoin::supervisor::LogRing;

namespace {

constexpr quint64 instance = 0xabcdef;
constexpr qint64 past = 1'700'000'000'000'000;
constexpr qint64 now = past + 60'000'000;

QStringList messages(const LogPage &page)
{
    QStringList texts;
    for (const LogRow &row : page.rows)
        texts.append(row.message);
    return texts;
}

} // namespace

class TestLogTail final : public QObject
{
    Q_OBJECT

private:
    void write(const QByteArray &text, QtMsgType type = QtInfoMsg, const QByteArray &category = "quoin.test",
               qint64 time = past)
    {
        m_memory->log().append(LogRing::Kind::Line, time, 1, type, category, text);
    }
    LogPage page(const LogFilter &filter = {}, qsizetype limit = 100, const std::optional<LogCursor> &after = {}) const
    {
        return logPage(m_memory->log(), instance, filter, limit, after, now);
    }

    std::unique_ptr<HostMemory> m_memory;

private Q_SLOTS:
    void init()
    {
        auto memory = HostMemory::create();
        QVERIFY(memory);
        m_memory = std::make_unique<HostMemory>(*std::move(memory));
    }

    void withoutACursorTheNewestComeTheOldestFirst()
    {
        for (const char *text : {"a", "b", "c"})
            write(text);
        QCOMPARE(messages(page({}, 2)), (QStringList{u"b"_s, u"c"_s}));
    }

    void withACursorWhatCameSinceComes()
    {
        write("a");
        const LogPage first = page();
        QVERIFY(page({}, 100, first.next).rows.isEmpty());
        QCOMPARE(page({}, 100, first.next).next, first.next);
        for (const char *text : {"b", "c", "d"})
            write(text);
        const LogPage second = page({}, 2, first.next);
        QCOMPARE(messages(second), (QStringList{u"b"_s, u"c"_s}));
        QCOMPARE(messages(page({}, 2, second.next)), QStringList{u"d"_s});
    }

    void whatDoesNotMatchIsPassedOver()
    {
        write("a");
        write("b", QtWarningMsg);
        write("c");
        const LogFilter warnings{*logRank("warning"), {}, {}};
        const LogPage first = page(warnings);
        QCOMPARE(messages(first), QStringList{u"b"_s});
        QVERIFY(page(warnings, 100, first.next).rows.isEmpty());
        QCOMPARE(page(warnings, 100, first.next).missed, quint64(0));
    }

    void filtersTakeWhatTheySay_data()
    {
        QTest::addColumn<QString>("requestId");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QStringList>("expected");
        QTest::newRow("request") << u"r-1"_s << QString() << QStringList{u"request failed id=r-1 error=\"x\""_s};
        QTest::newRow("not the id of a task") << u"7"_s << QString() << QStringList{};
        QTest::newRow("text, whatever its case") << QString() << u"TASK"_s << QStringList{u"task failed id=7"_s};
        QTest::newRow("category") << QString() << u"queue"_s << QStringList{u"task failed id=7"_s};
    }
    void filtersTakeWhatTheySay()
    {
        QFETCH(QString, requestId);
        QFETCH(QString, text);
        QFETCH(QStringList, expected);
        write("request failed id=r-1 error=\"x\"", QtCriticalMsg, "quoin.http");
        write("task failed id=7", QtWarningMsg, "quoin.queue");
        QCOMPARE(messages(page({0, requestId, text})), expected);
    }

    void whatTheRingHasForgottenIsCounted()
    {
        write("a");
        const LogPage first = page();
        for (int i = 0; i < LogRing::lines + 5; ++i)
            write(QByteArray::number(i));
        m_memory->log().pass(3);
        write("last");
        LogPage next = page({}, 10'000, first.next);
        QCOMPARE(next.missed, quint64(6 + 3));
        QCOMPARE(next.rows.constLast().message, u"last"_s);
    }

    void afterARestartEverythingIsNew()
    {
        write("a");
        const LogPage next = page({}, 100, LogCursor{instance + 1, 5000});
        QCOMPARE(messages(next), QStringList{u"a"_s});
        QCOMPARE(next.missed, quint64(0));
    }

    void aLineThatIsBeingWrittenIsWaitedFor()
    {
        write("a");
        m_memory->log().pass(1); // its number is taken
        write("c", QtInfoMsg, "quoin.test", now - 100'000);
        QCOMPARE(messages(page()), QStringList{u"a"_s});
        const LogPage later = logPage(m_memory->log(), instance, {}, 100, LogCursor{instance, 1}, now + 2'000'000);
        QCOMPARE(messages(later), QStringList{u"c"_s});
        QCOMPARE(later.missed, quint64(1));
    }

    void cursorsThatNobodyGaveAreRefused_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text : {"", "x", "1", "1-", "-1", "1-2-3", "1- 2", "1-+2", "1-02", "zz-99999999999999999999"})
            QTest::newRow(text) << QString::fromLatin1(text);
    }
    void cursorsThatNobodyGaveAreRefused()
    {
        QFETCH(QString, text);
        QVERIFY(!LogCursor::parse(text));
    }
    void aCursorComesBackFromItsText()
    {
        const LogCursor cursor{instance, 123};
        QCOMPARE(*LogCursor::parse(cursor.toText()), cursor);
    }

    void aRowHasItsFactsApart()
    {
        write("task failed kind=sip.make_sip id=7 error=\"no space\"", QtWarningMsg, "quoin.queue");
        const QJsonObject row = page().rows.constFirst().toJson();
        QCOMPARE(row["message"_L1], u"task failed"_s);
        QCOMPARE(row["level"_L1], u"warning"_s);
        QCOMPARE(row["time"_L1], u"2023-11-14T22:13:20.000000Z"_s);
        const QJsonObject expected{{u"kind"_s, u"sip.make_sip"_s}, {u"id"_s, 7}, {u"error"_s, u"no space"_s}};
        QCOMPARE(row["fields"_L1].toObject(), expected);
        QVERIFY(!row.contains("request_id"_L1));
    }

    void nonsenseInARowBecomesText()
    {
        m_memory->log().append(LogRing::Kind::Line, -5, -1, 99, "\xff\xfe", QByteArray("\0\x80\n", 3));
        const QJsonObject row = page().rows.constFirst().toJson();
        QCOMPARE(row["level"_L1], u"info"_s);
        QCOMPARE(row["time"_L1], u"1970-01-01T00:00:00.000000Z"_s);
    }
};

QTEST_GUILESS_MAIN(TestLogTail)
#include "tst_logtail.moc"
