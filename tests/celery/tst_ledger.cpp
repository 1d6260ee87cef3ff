// SPDX-License-Identifier: GPL-3.0-only
// What nodes write down of the messages that they claim.
#include "queuebench.h"
#include "testground.h"

#include "queue/celery/ledger.h"
#include "queue/celery/ledgerstatements.h"

#include <QRandomGenerator>
#include <QThread>

using namespace quoin;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using celery::Begun;
using celery::LedgerEntry;
using celery::Verdict;
using queue::LeaseKey;
using queue::Settlement;
using queue::TaskState;

Q_DECLARE_METATYPE(quoin::celery::Verdict)

namespace {

constexpr qint64 start = 1'700'000'000'000'000;

LedgerEntry entry(const QString &message, const QByteArray &arguments = "[1]")
{
    return {message, u"t.note"_s, arguments, 0, 0, start, {}};
}

TaskSet noting()
{
    TaskSet tasks;
    tasks.add(u"t.note"_s, [](const TaskRun &, const JsonText &) -> Result<> { return {}; });
    return tasks;
}

Settlement ended(const Begun &begun, TaskState state, const QString &error = {})
{
    Settlement settlement;
    settlement.id = begun.id;
    settlement.attempt = begun.attempt;
    settlement.state = state;
    settlement.finished = state == TaskState::Sent ? 0 : start + 5;
    settlement.error = error;
    return settlement;
}

/// A node as far as the table knows one.
class Node
{
public:
    Node(const QString &url, const QString &name)
        : m_database(openDatabase(url))
        , m_name(name)
    {
    }

    template <class F>
    auto write(F job)
    {
        return Database(m_database.get()).write(std::move(job)).result();
    }
    Result<QList<Begun>> tryBegin(const QList<LedgerEntry> &entries, const QSet<QString> &held = {})
    {
        return write([=, this](Connection &connection) {
            return celery::begin(connection, m_name, u"host:"_s + m_name, entries, held);
        });
    }
    QList<Begun> begin(const QList<LedgerEntry> &entries, const QSet<QString> &held = {})
    {
        const auto begun = tryBegin(entries, held);
        if (!begun)
            qWarning("begin: %s", qPrintable(begun.error().message()));
        return begun ? *begun : QList<Begun>(entries.size(), Begun{-1, -1, -1, Verdict::Dead, u"?"_s, {}});
    }
    Begun begin(const LedgerEntry &one) { return begin(QList<LedgerEntry>{one}).first(); }
    qsizetype settle(const QList<Settlement> &settlements)
    {
        const auto settled = write([=, this](Connection &connection) {
            return celery::settle(connection, m_name, settlements, [] { return start + 10; });
        });
        return settled ? settled->size() : -1;
    }
    qsizetype giveBack(const Begun &begun)
    {
        const auto given = write([=, this](Connection &connection) {
            return celery::giveBack(connection, m_name, {{begun.id, begun.attempt}}, [] { return start + 20; });
        });
        return given ? given->size() : -1;
    }
    QList<LeaseKey> stillHeld(const QList<LeaseKey> &leases)
    {
        const auto held = Database(m_database.get())
                              .read([=, this](Connection &connection) {
                                  return celery::stillHeld(connection, m_name, leases);
                              })
                              .result();
        return held ? *held : QList<LeaseKey>{{-1, -1}};
    }

private:
    std::unique_ptr<database::SqlDatabase> m_database;
    QString m_name;
};

} // namespace

class tst_Ledger : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { TestGround::addDialects(); }
    void init();
    void cleanup();
    void cleanupTestCase() { TestGround::end(); }

    void aMessageOfAnotherProducerGetsARow();
    void aRedeliveryFindsItsRow();
    void ourOwnRowIsFoundByItsMessage();
    void attemptsOfOthersCount();
    void whatIsGivenBackDoesNotCount();
    void aRetryIsFoundAgain();
    void whatHasEndedIsNotRun_data();
    void whatHasEndedIsNotRun();
    void aDoneTaskIsTakenFromNobody();
    void whatTheTableHasInHandIsACopy_data();
    void whatTheTableHasInHandIsACopy();
    void copiesInOneClaimRunOnce();
    void copiesOfWhatIsHeldDoNotBeginAnew();
    void answersComeInTheOrderOfTheEntries();
    void argumentsAreStoredAsGiven_data();
    void argumentsAreStoredAsGiven();
    void anyTaskIdFindsItsRow_data();
    void anyTaskIdFindsItsRow();
    void longAndStrangeNamesAreStored_data();
    void longAndStrangeNamesAreStored();
    void whatCannotBeStoredIsDead_data();
    void whatCannotBeStoredIsDead();
    void aRowOfOursThatCannotRunIsDead();
    void largeClaimsAreWrittenInPortions();
    void onlyTheOwnerSettles();
    void aCancelledRunIsNoticed();
    void aTaskThatIsRetriedByHandIsANewMessage();
    void aMessageLeftBehindByARetryDoesNotRun();
    void nothingRunsTwiceWhileItIsWithItsNode();
    void nodesThatClaimCopiesAtOnceDoNotHarmEachOther();
    void statementsFindTheirRowsByIndex();

private:
    QByteArray plan(QString sql, const QVariantList &values);
    QByteArray rowsOf(const QString &sql, const QVariantList &values, int column);

    QString m_url;
    std::unique_ptr<QueueBench> m_bench;
    std::unique_ptr<Node> m_node;
};

void tst_Ledger::init()
{
    QFETCH_GLOBAL(QString, dialect);
    m_url = TestGround::makeUrl(dialect);
    m_bench = std::make_unique<QueueBench>(m_url, noting());
    m_node = std::make_unique<Node>(m_url, u"node"_s);
}

void tst_Ledger::cleanup()
{
    m_node.reset();
    m_bench.reset();
}

void tst_Ledger::aMessageOfAnotherProducerGetsARow()
{
    const Begun begun = m_node->begin({u"id-1"_s, u"t.note"_s, "[1, {\"a\": 2}]", -4, 0, start});
    QCOMPARE(begun.verdict, Verdict::Run);
    QCOMPARE(begun.attempt, 1);
    QCOMPARE(begun.created, start);
    QCOMPARE(m_bench->value(
                 u"SELECT name || '|' || arguments || '|' || state || '|' || priority || '|' || attempt || '|' || "
                 "lease_owner || '|' || worker || '|' || created || '|' || started || '|' || message "
                 "FROM task WHERE id = ? AND lease_until IS NULL"_s,
                 {begun.id}),
             "t.note|[1, {\"a\": 2}]|running|-4|1|node|host:node|1700000000000000|1700000000000000|id-1");
    QCOMPARE(m_node->settle({ended(begun, TaskState::Done)}), 1);
    QCOMPARE(m_bench->state(begun.id), "done 1");
}

void tst_Ledger::aRedeliveryFindsItsRow()
{
    LedgerEntry once = entry(u"id-1"_s);
    once.trace = "00-...-01 a=\"\\";
    const Begun first = m_node->begin(once);
    Node other(m_url, u"other"_s);
    LedgerEntry again = entry(u"id-1"_s);
    again.now = start + 1'000'000;
    again.trace = "00-other-01";
    const Begun second = other.begin(again);
    QCOMPARE(second.verdict, Verdict::Run);
    QCOMPARE(second.id, first.id);
    QCOMPARE(second.attempt, 2); // the crash counts
    QCOMPARE(second.created, start);
    QCOMPARE(second.trace, once.trace);
    QCOMPARE(second.error, u"Attempt 1 did not end: its worker host:node was killed or stalled."_s);
    QCOMPARE(m_node->settle({ended(first, TaskState::Done)}), 0); // too late
    QCOMPARE(other.settle({ended(second, TaskState::Done)}), 1);
    QCOMPARE(m_bench->value(u"SELECT count(*) FROM task"_s), "1");
}

void tst_Ledger::ourOwnRowIsFoundByItsMessage()
{
    const qint64 id = m_bench->push(u"t.note"_s, "[7]");
    const QByteArray created = m_bench->value(u"SELECT created FROM task"_s);
    for (const char *state : {"ready", "sent"}) { // pushed and not yet marked; marked
        m_bench->execute(u"UPDATE task SET state = ?, attempt = 0, message = 'm-1'"_s, {QString::fromLatin1(state)});
        const Begun begun = m_node->begin(entry(u"m-1"_s, "[\"of the message\"]"));
        QCOMPARE(begun.id, id);
        QCOMPARE(begun.attempt, 1);
        QCOMPARE(QByteArray::number(begun.created), created);
        QVERIFY(begun.error.isNull());
        QCOMPARE(m_bench->state(id), "running 1");
        QCOMPARE(m_bench->value(u"SELECT arguments FROM task"_s), "[7]");
    }
}

void tst_Ledger::attemptsOfOthersCount()
{
    LedgerEntry retried = entry(u"id-1"_s);
    retried.retries = 3; // a Python worker failed it three times
    const Begun begun = m_node->begin(retried);
    QCOMPARE(begun.attempt, 4);
    QCOMPARE(m_node->begin(retried).attempt, 5); // a crash counts on top
    retried.retries = 4;
    QCOMPARE(m_node->begin(retried).attempt, 6); // not twice what is known
    retried.message = u"id-2"_s;
    retried.retries = std::numeric_limits<int>::max();
    QVERIFY(m_node->begin(retried).attempt > 1'000'000);
    retried.message = u"id-3"_s;
    retried.retries = -7;
    QCOMPARE(m_node->begin(retried).attempt, 1);
}

void tst_Ledger::whatIsGivenBackDoesNotCount()
{
    const Begun begun = m_node->begin(entry(u"id-1"_s));
    QCOMPARE(m_node->giveBack(begun), 1);
    QCOMPARE(m_bench->state(begun.id), "sent 0");
    QCOMPARE(m_bench->value(u"SELECT sent FROM task"_s), QByteArray::number(start + 20));
    const Begun again = m_node->begin(entry(u"id-1"_s));
    QCOMPARE(again.attempt, 1);
    QCOMPARE(again.verdict, Verdict::Run);
    QCOMPARE(m_node->settle({ended(begun, TaskState::Done)}), 1); // the same attempt, by the same owner
}

void tst_Ledger::aRetryIsFoundAgain()
{
    const Begun begun = m_node->begin(entry(u"id-1"_s));
    Settlement retry = ended(begun, TaskState::Sent, u"no luck"_s);
    retry.delay = 4s;
    QCOMPARE(m_node->settle({retry}), 1);
    QCOMPARE(m_bench->state(begun.id), "sent 1");
    QCOMPARE(m_bench->value(u"SELECT sent || ' ' || not_before || ' ' || error FROM task"_s),
             "1700000004000010 1700000004000010 no luck");
    LedgerEntry again = entry(u"id-1"_s);
    again.retries = 1;
    const Begun second = m_node->begin(again);
    QCOMPARE(second.id, begun.id);
    QCOMPARE(second.attempt, 2);
    QCOMPARE(second.error, u"no luck"_s);
}

void tst_Ledger::whatHasEndedIsNotRun_data()
{
    QTest::addColumn<QString>("state");
    QTest::addColumn<Verdict>("verdict");
    QTest::newRow("done") << u"done"_s << Verdict::Done;
    QTest::newRow("dead") << u"dead"_s << Verdict::Dead;
    QTest::newRow("cancelled") << u"cancelled"_s << Verdict::Cancelled;
}

void tst_Ledger::whatHasEndedIsNotRun()
{
    QFETCH(QString, state);
    QFETCH(Verdict, verdict);
    m_bench->execute(u"INSERT INTO task (name, arguments, state, attempt, created, finished, error, message) "
                     "VALUES ('t.note', '[1]', ?, 3, 5, 6, 'why', 'id-1')"_s,
                     {state});
    const Begun begun = m_node->begin(entry(u"id-1"_s));
    QCOMPARE(begun.verdict, verdict);
    QCOMPARE(begun.id, 1);
    QCOMPARE(begun.attempt, 3);
    QCOMPARE(begun.created, 5);
    QCOMPARE(begun.error, u"why"_s);
    QCOMPARE(m_bench->value(u"SELECT state || ' ' || attempt FROM task"_s), state.toUtf8() + " 3");
}

void tst_Ledger::aDoneTaskIsTakenFromNobody()
{
    const Begun begun = m_node->begin(entry(u"id-1"_s));
    QCOMPARE(m_node->settle({ended(begun, TaskState::Done)}), 1);
    QCOMPARE(m_node->settle({ended(begun, TaskState::Dead)}), 0);
    Node other(m_url, u"other"_s);
    QCOMPARE(other.begin(entry(u"id-1"_s)).verdict, Verdict::Done);
    QCOMPARE(m_bench->state(begun.id), "done 1");
}

void tst_Ledger::whatTheTableHasInHandIsACopy_data()
{
    QTest::addColumn<QString>("state");
    QTest::addColumn<QVariant>("leaseUntil");
    QTest::newRow("runs under a lease of the table") << u"running"_s << QVariant(qint64(5));
    QTest::newRow("waits for its time") << u"scheduled"_s << QVariant();
}

void tst_Ledger::whatTheTableHasInHandIsACopy()
{
    QFETCH(QString, state);
    QFETCH(QVariant, leaseUntil);
    m_bench->execute(u"INSERT INTO task (name, arguments, state, attempt, created, lease_owner, lease_until, message) "
                     "VALUES ('t.note', '[1]', ?, 1, 5, 'a', ?, 'id-1')"_s,
                     {state, leaseUntil});
    const Begun begun = m_node->begin(entry(u"id-1"_s));
    QCOMPARE(begun.verdict, Verdict::Copy);
    QCOMPARE(begun.id, 1);
    QCOMPARE(m_bench->state(1), state.toUtf8() + " 1");
}

void tst_Ledger::copiesInOneClaimRunOnce()
{
    const auto begun = m_node->begin({entry(u"a"_s), entry(u"b"_s), entry(u"a"_s), entry(u"a"_s)});
    QCOMPARE(begun[0].verdict, Verdict::Run);
    QCOMPARE(begun[1].verdict, Verdict::Run);
    QCOMPARE(begun[2].verdict, Verdict::Copy);
    QCOMPARE(begun[3].verdict, Verdict::Copy);
    QCOMPARE(begun[3].id, begun[0].id);
    QCOMPARE(m_bench->value(u"SELECT count(*) FROM task"_s), "2");
    QCOMPARE(m_bench->value(u"SELECT sum(attempt) FROM task"_s), "2");
}

void tst_Ledger::copiesOfWhatIsHeldDoNotBeginAnew()
{
    const Begun begun = m_node->begin(entry(u"a"_s));
    const auto again = m_node->begin({entry(u"a"_s), entry(u"b"_s)}, {u"a"_s});
    QCOMPARE(again[0].verdict, Verdict::Copy);
    QCOMPARE(again[1].verdict, Verdict::Run);
    QCOMPARE(m_bench->state(begun.id), "running 1");
    // Not held: a claim whose COMMIT was not heard of, and that comes again.
    QCOMPARE(m_node->begin(entry(u"a"_s)).verdict, Verdict::Run);
}

void tst_Ledger::answersComeInTheOrderOfTheEntries()
{
    m_bench->execute(u"INSERT INTO task (name, arguments, state, created, finished, message) "
                     "VALUES ('t.note', '[1]', 'done', 5, 6, 'm3'), ('t.note', '[1]', 'sent', 5, 6, 'm1')"_s);
    QList<LedgerEntry> entries;
    for (int i = 0; i < 5; ++i)
        entries += entry(u"m%1"_s.arg(i));
    const auto begun = m_node->begin(entries);
    for (int i = 0; i < 5; ++i) {
        QCOMPARE(m_bench->value(u"SELECT message FROM task WHERE id = ?"_s, {begun[i].id}),
                 "m" + QByteArray::number(i));
        QCOMPARE(begun[i].verdict, i == 3 ? Verdict::Done : Verdict::Run);
    }
    QVERIFY(begun[0].id < begun[2].id && begun[2].id < begun[4].id); // new rows in the order of the claim
}

void tst_Ledger::argumentsAreStoredAsGiven_data()
{
    QTest::addColumn<QByteArray>("arguments");
    QTest::newRow("empty") << QByteArray("[]");
    QTest::newRow("numbers of any size") << QByteArray("[1e400, 123456789012345678901234567890, -0.10]");
    QTest::newRow("white space") << QByteArray(" [\n1 ,\t2\r ] ");
    QTest::newRow("escapes") << QByteArray(R"(["\u0000 \ud83d\ude00 \ud800 \\ \" \/ \b"])");
    QTest::newRow("beyond the BMP") << QByteArray("[\"\xf0\x9f\x98\x80 \xc3\xa4 \xef\xbf\xbd\"]");
    QTest::newRow("noncharacters") << QByteArray("[\"\xef\xbf\xbe \xef\xbf\xbf\"]");
    QTest::newRow("keys in their order") << QByteArray(R"([{"b": 1, "a": 2, "b": 3}])");
    QTest::newRow("a question mark") << QByteArray(R"(["?", ":name", "$1"])");
    QTest::newRow("megabytes") << "[\"" + QByteArray(4 * 1024 * 1024, 'x') + "\"]";
}

void tst_Ledger::argumentsAreStoredAsGiven()
{
    QFETCH(QByteArray, arguments);
    const Begun begun = m_node->begin(entry(u"id-1"_s, arguments));
    QCOMPARE(begun.verdict, Verdict::Run);
    QFETCH_GLOBAL(QString, dialect);
    const bool isSqlite = dialect == u"sqlite"_s;
    if (isSqlite)
        QCOMPARE(m_bench->value(u"SELECT typeof(arguments) FROM task"_s), "text");
    QVERIFY(m_bench->value(isSqlite ? u"SELECT CAST(arguments AS BLOB) FROM task"_s : u"SELECT arguments FROM task"_s)
            == arguments);
}

void tst_Ledger::anyTaskIdFindsItsRow_data()
{
    QTest::addColumn<QString>("id");
    QTest::newRow("UUID") << u"5c1c1d42-6a1c-4f6e-b0f0-0a4a6f0a0001"_s;
    QTest::newRow("empty") << u""_s;
    QTest::newRow("words") << u"record 7, the second \"time\"\\"_s;
    QTest::newRow("not ASCII") << u"\u00e4\U0001F600"_s;
    QTest::newRow("NUL") << QString(u"a"_s + QChar(0) + u'b');
    QTest::newRow("half a pair") << QString(QChar(0xD83D));
    QTest::newRow("noncharacter") << QString(QChar(0xFFFE));
    QTest::newRow("long") << QString(100'000, u'x');
    QTest::newRow("long and not ASCII") << QString(150, QChar(0x4E2D));
}

void tst_Ledger::anyTaskIdFindsItsRow()
{
    QFETCH(QString, id);
    const Begun begun = m_node->begin(entry(id));
    QCOMPARE(begun.verdict, Verdict::Run);
    QVERIFY(begun.id > 0);
    QCOMPARE(m_node->begin(entry(id)).id, begun.id);
    QVERIFY(m_node->begin(entry(id + u'x')).id != begun.id);
    QVERIFY(m_node->begin(entry(u"?"_s)).id != begun.id);
    QVERIFY(m_node->begin(entry(QString(QChar(0xFFFD)))).id != begun.id);
    QVERIFY(m_node->begin(entry(QString(QChar(0xDE00)))).id != begun.id);
}

void tst_Ledger::longAndStrangeNamesAreStored_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("stored");
    QTest::newRow("long") << QString(1'000'000, u'n') << QString(255, u'n');
    QTest::newRow("NUL") << QString(u"a"_s + QChar(0)) << u"a\ufffd"_s;
    QTest::newRow("half a pair") << QString(u"a"_s + QChar(0xD83D)) << u"a\ufffd"_s;
    QTest::newRow("cut in a pair") << QString(QString(254, u'n') + u"\U0001F600"_s)
                                   << QString(QString(254, u'n') + u'\ufffd');
    QTest::newRow("SQL") << u"'); DROP TABLE task; --"_s << u"'); DROP TABLE task; --"_s;
}

void tst_Ledger::longAndStrangeNamesAreStored()
{
    QFETCH(QString, name);
    QFETCH(QString, stored);
    LedgerEntry strange = entry(u"id-1"_s);
    strange.name = name;
    const Begun begun = m_node->begin(strange);
    QCOMPARE(begun.verdict, Verdict::Run);
    QCOMPARE(m_bench->value(u"SELECT name FROM task"_s), stored.toUtf8());
}

void tst_Ledger::whatCannotBeStoredIsDead_data()
{
    QTest::addColumn<QByteArray>("arguments");
    QTest::newRow("too large") << "[\"" + QByteArray(16 * 1024 * 1024, 'x') + "\"]";
    QTest::newRow("no JSON") << QByteArray("[");
    QTest::newRow("no array") << QByteArray("{}");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("no UTF-8") << QByteArray("[\"\xff\"]");
    QTest::newRow("NUL") << QByteArray("[\"\0\"]", 5);
    QTest::newRow("nested too deep") << QByteArray(100'000, '[') + QByteArray(100'000, ']');
}

void tst_Ledger::whatCannotBeStoredIsDead()
{
    QFETCH(QByteArray, arguments);
    const auto begun = m_node->begin({entry(u"a"_s), entry(u"bad"_s, arguments), entry(u"c"_s)});
    QCOMPARE(begun[0].verdict, Verdict::Run); // the others are not harmed
    QCOMPARE(begun[2].verdict, Verdict::Run);
    QCOMPARE(begun[1].verdict, Verdict::Dead);
    QVERIFY(!begun[1].error.isEmpty());
    QCOMPARE(m_bench->value(u"SELECT state || error FROM task WHERE id = ?"_s, {begun[1].id}),
             "dead" + begun[1].error.toUtf8());
    QCOMPARE(m_node->begin(entry(u"bad"_s, arguments)).id, begun[1].id); // and again
    QCOMPARE(m_bench->value(u"SELECT count(*) FROM task"_s), "3");
}

void tst_Ledger::aRowOfOursThatCannotRunIsDead()
{
    m_bench->execute(
        u"INSERT INTO task (name, arguments, state, created, message) VALUES ('t.note', '{', 'sent', 5, 'm')"_s);
    const Begun begun = m_node->begin(entry(u"m"_s, "{"));
    QCOMPARE(begun.verdict, Verdict::Dead);
    QCOMPARE(begun.id, 1);
    QCOMPARE(m_bench->value(u"SELECT state FROM task"_s), "dead");
    m_bench->execute(u"UPDATE task SET state = 'done', error = NULL"_s);
    QCOMPARE(m_node->begin(entry(u"m"_s, "{")).verdict, Verdict::Done); // what was done stays so
}

void tst_Ledger::largeClaimsAreWrittenInPortions()
{
    QList<LedgerEntry> entries;
    for (int i = 0; i < 8; ++i)
        entries += entry(u"m%1"_s.arg(i), "[\"" + QByteArray(9 * 1024 * 1024, static_cast<char>('a' + i)) + "\"]");
    const auto begun = m_node->begin(entries);
    for (int i = 0; i < 8; ++i) {
        QCOMPARE(begun[i].verdict, Verdict::Run);
        QCOMPARE(m_bench->value(u"SELECT substr(arguments, 3, 1) || length(arguments) FROM task WHERE id = ?"_s,
                                {begun[i].id}),
                 QByteArray(1, static_cast<char>('a' + i)) + "9437188");
    }
}

void tst_Ledger::onlyTheOwnerSettles()
{
    const auto begun = m_node->begin({entry(u"a"_s), entry(u"b"_s)});
    Node other(m_url, u"other"_s);
    QCOMPARE(other.settle({ended(begun[0], TaskState::Done)}), 0);
    QCOMPARE(other.giveBack(begun[0]), 0);
    Settlement wrongAttempt = ended(begun[0], TaskState::Done);
    ++wrongAttempt.attempt;
    QCOMPARE(m_node->settle({wrongAttempt}), 0);
    QCOMPARE(m_node->settle({ended(begun[0], TaskState::Done), ended(begun[1], TaskState::Dead, u"no"_s)}), 2);
    QCOMPARE(m_bench->state(begun[0].id), "done 1");
    QCOMPARE(m_bench->value(u"SELECT state || error || finished FROM task WHERE id = ?"_s, {begun[1].id}),
             "deadno1700000000000005");
    QCOMPARE(m_node->settle({}), 0);
}

void tst_Ledger::aCancelledRunIsNoticed()
{
    const auto begun = m_node->begin({entry(u"a"_s), entry(u"b"_s), entry(u"c"_s)});
    const QList<LeaseKey> all{{begun[0].id, 1}, {begun[1].id, 1}, {begun[2].id, 1}};
    QCOMPARE(m_node->stillHeld(all).size(), 3);
    QVERIFY(m_bench->admin.cancel(begun[0].id).result());
    m_node->begin(entry(u"b"_s)); // came again: another attempt
    QCOMPARE(m_node->stillHeld(all), (QList<LeaseKey>{{begun[2].id, 1}}));
    QCOMPARE(m_node->settle({ended(begun[0], TaskState::Done)}), 0);
    QCOMPARE(m_bench->state(begun[0].id), "cancelled 1");
    QCOMPARE(m_node->stillHeld({}), QList<LeaseKey>());
}

void tst_Ledger::aTaskThatIsRetriedByHandIsANewMessage()
{
    const Begun begun = m_node->begin(entry(u"a"_s));
    QCOMPARE(m_node->settle({ended(begun, TaskState::Dead, u"no"_s)}), 1);
    QVERIFY(m_bench->admin.retry(begun.id).result());
    QCOMPARE(m_bench->state(begun.id), "ready 0");
    QCOMPARE(m_bench->value(u"SELECT coalesce(message, 'none') FROM task WHERE id = ?"_s, {begun.id}), "none");
}

void tst_Ledger::aMessageLeftBehindByARetryDoesNotRun()
{
    const qint64 id = m_bench->push(u"t.note"_s, "[7]", {.uniqueKey = u"k"_s});
    m_bench->execute(u"UPDATE task SET state = 'sent', sent = 1, message = 'old'"_s);
    const auto was = m_bench->admin.cancel(id).result();
    QVERIFY(was && *was == TaskState::Sent);
    QCOMPARE(m_node->begin(entry(u"old"_s)).verdict, Verdict::Cancelled);
    QVERIFY(m_bench->admin.retry(id).result());
    const Begun old = m_node->begin(entry(u"old"_s)); // was in Redis all the time
    QCOMPARE(old.verdict, Verdict::Cancelled);
    QVERIFY(old.error.contains(QString::number(id)));
    QCOMPARE(m_bench->state(id), "ready 0");
    m_bench->execute(u"UPDATE task SET state = 'sent', message = 'new' WHERE id = ?"_s, {id});
    QCOMPARE(m_node->begin(entry(u"new"_s)).id, id);
}

/// Claims, crashes, copies and settlements in any order: what the node still has is never begun a second time by it.
void tst_Ledger::nothingRunsTwiceWhileItIsWithItsNode()
{
    QSet<QString> held;
    QHash<QString, Begun> running;
    QHash<QString, int> done;
    QRandomGenerator random(7);
    for (int step = 0; step < 300; ++step) {
        QList<LedgerEntry> claim;
        for (int i = 0; i < 4; ++i)
            claim += entry(u"m%1"_s.arg(random.bounded(20)));
        const auto begun = m_node->begin(claim, held);
        for (int i = 0; i < 4; ++i) {
            const QString message = claim[i].message;
            if (begun[i].verdict == Verdict::Run) {
                QVERIFY(!held.contains(message));
                QVERIFY(!done.contains(message));
                held += message;
                running.insert(message, begun[i]);
            } else {
                const bool isTwice = std::any_of(claim.cbegin(), claim.cbegin() + i, [&](const LedgerEntry &earlier) {
                    return earlier.message == message;
                });
                QCOMPARE(begun[i].verdict, held.contains(message) || isTwice ? Verdict::Copy : Verdict::Done);
            }
        }
        if (random.bounded(3) == 0 && !held.isEmpty()) {
            const QString message = *held.begin();
            held.remove(message);
            const Begun which = running.take(message);
            if (random.bounded(3) > 0) // else the outcome is lost, and the message comes again
                done[message] += static_cast<int>(m_node->settle({ended(which, TaskState::Done)}));
        }
    }
    for (const int times : std::as_const(done))
        QCOMPARE(times, 1);
}

void tst_Ledger::nodesThatClaimCopiesAtOnceDoNotHarmEachOther()
{
    constexpr int nodes = 4;
    constexpr int messages = 30;
    std::atomic<int> failures = 0;
    std::atomic<int> runs = 0;
    std::atomic<int> settled = 0;
    std::vector<std::unique_ptr<Node>> all;
    for (int n = 0; n < nodes; ++n)
        all.push_back(std::make_unique<Node>(m_url, u"node%1"_s.arg(n)));
    std::vector<std::unique_ptr<QThread>> threads;
    for (int n = 0; n < nodes; ++n) {
        threads.emplace_back(QThread::create([&, n] {
            QList<LedgerEntry> claim;
            for (int i = 0; i < messages; ++i) // each in an order of its own
                claim += entry(u"m%1"_s.arg((i * 7 + n * 11) % messages));
            const auto begun = all[static_cast<std::size_t>(n)]->tryBegin(claim);
            if (!begun)
                ++failures;
            QList<Settlement> settlements;
            for (const Begun &one : begun ? *begun : QList<Begun>()) {
                runs += one.verdict == Verdict::Run;
                if (one.verdict == Verdict::Run)
                    settlements += ended(one, TaskState::Done);
            }
            settled += static_cast<int>(all[static_cast<std::size_t>(n)]->settle(settlements));
        }));
        threads.back()->start();
    }
    for (const auto &thread : threads)
        QVERIFY(thread->wait(30'000));
    QCOMPARE(failures.load(), 0);
    QCOMPARE(settled.load(), messages); // once each
    QCOMPARE(m_bench->value(u"SELECT count(*) FROM task WHERE state = 'done'"_s), QByteArray::number(messages));
    QCOMPARE(m_bench->value(u"SELECT sum(attempt) FROM task"_s), QByteArray::number(runs.load()));
}

void tst_Ledger::statementsFindTheirRowsByIndex()
{
    QFETCH_GLOBAL(QString, dialect);
    const bool isSqlite = dialect == u"sqlite"_s;
    m_bench->execute(isSqlite
                         ? u"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) "
                           "INSERT INTO task (name, arguments, state, created, finished, message) "
                           "SELECT 't.note', '[]', 'done', 1, 1, 'x' || i FROM n"_s
                         : u"INSERT INTO task (name, arguments, state, created, finished, message) "
                           "SELECT 't.note', '[]', 'done', 1, 1, 'x' || i FROM generate_series(1, 20000) AS n (i)"_s);
    if (!isSqlite)
        m_bench->execute(u"ANALYZE task"_s);
    const QString message = u"[{\"rmessage\":\"x7\",\"rretries\":0}]"_s;
    using namespace celery::statements;
    const Dialect which = isSqlite ? Dialect::Sqlite : Dialect::Postgresql;
    QVariantList taking{u"o"_s, u"w"_s, start};
    taking.insert(isSqlite ? 3 : 0, message);
    QVERIFY2(plan(take(which), taking).contains("task_message"), plan(take(which), taking).constData());
    if (isSqlite) // PostgreSQL may well read a small table whole, for the few that are not taken
        QVERIFY2(plan(see(which), {message}).contains("task_message"), plan(see(which), {message}).constData());
}

/// How the database would run it.
QByteArray tst_Ledger::plan(QString sql, const QVariantList &values)
{
    QFETCH_GLOBAL(QString, dialect);
    if (dialect == u"sqlite"_s)
        return rowsOf(u"EXPLAIN QUERY PLAN "_s + sql, values, 3);
    // PostgreSQL prepares no EXPLAIN, so a function runs it, with the values written out.
    for (const QVariant &value : values)
        sql.replace(sql.indexOf(u'?'), 1, u'\'' + value.toString() + u'\'');
    m_bench->execute(u"CREATE OR REPLACE FUNCTION plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS "
                     "$$ BEGIN RETURN QUERY EXECUTE 'EXPLAIN ' || query; END $$"_s);
    return rowsOf(u"SELECT * FROM plan_of(?)"_s, {sql}, 0);
}

QByteArray tst_Ledger::rowsOf(const QString &sql, const QVariantList &values, int column)
{
    const auto text = m_bench->write([=](Connection &connection) -> Result<QByteArray> {
        auto rows = connection.query(sql, values);
        if (!rows)
            return rows.error();
        QByteArray lines;
        while (rows->next())
            lines += rows->text(column) + '\n';
        return lines;
    });
    return text ? *text : text.error().message().toUtf8();
}

QTEST_GUILESS_MAIN(tst_Ledger)
#include "tst_ledger.moc"
