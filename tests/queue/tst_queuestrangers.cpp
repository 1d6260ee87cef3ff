// SPDX-License-Identifier: GPL-3.0-only
// Tasks whose name nobody here knows: they wait, and a person is told.
#include "queuebench.h"
#include "testground.h"

#include <mutex>

using namespace quoin;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using queue::Strangers;

namespace {

/// The warnings about strangers since it was made. They are shown as well.
class Warnings
{
public:
    Warnings()
    {
        s_lines.clear();
        s_before = qInstallMessageHandler(&Warnings::note);
    }
    ~Warnings() { qInstallMessageHandler(s_before); }
    Q_DISABLE_COPY_MOVE(Warnings)

    QStringList lines() const
    {
        const std::lock_guard lock(s_mutex);
        return s_lines;
    }

private:
    static void note(QtMsgType type, const QMessageLogContext &context, const QString &line)
    {
        if (type == QtWarningMsg && line.startsWith(u"tasks wait that no live plugin knows"_s)) {
            const std::lock_guard lock(s_mutex);
            s_lines += line;
        }
        s_before(type, context, line);
    }

    inline static std::mutex s_mutex; // database threads log, too
    inline static QStringList s_lines;
    inline static QtMessageHandler s_before = nullptr;
};

} // namespace

class tst_QueueStrangers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { TestGround::addDialects(); }
    void init();
    void cleanupTestCase() { TestGround::end(); }

    void aNameNobodyKnowsIsWarnedOfOnceAStart();
    void eachNameHasItsOwnWarning();
    void whatAnotherProcessMayTakeIsLeftToIt();
    void whatIsKnownOrNotReadyIsNoStranger();
    void aStrangeNameDoesNoHarm_data();
    void aStrangeNameDoesNoHarm();
    void aQueueWarnsWhenItStarts();
    void aDatabaseThatIsAwayIsAskedAgain();

private:
    void store(const QString &name, qint64 created, int count = 1, const QString &state = u"ready"_s);
    /// One look, to its end: how many names it warned of; -1: it did not end.
    static int look(Strangers &strangers);

    QString m_url;
    ManualClock m_clock;
    std::unique_ptr<QueueBench> m_bench;
    std::unique_ptr<Strangers> m_strangers; ///< Knows t.known.
};

void tst_QueueStrangers::init()
{
    QFETCH_GLOBAL(QString, dialect);
    m_url = TestGround::makeUrl(dialect);
    m_strangers.reset();
    TaskSet tasks;
    tasks.add(u"t.known"_s, [](const TaskRun &) -> Result<> { return {}; });
    m_bench = std::make_unique<QueueBench>(m_url, tasks);
    m_strangers = std::make_unique<Strangers>(m_bench->database.get(), QStringList{u"t.known"_s}, m_clock.clock());
}

void tst_QueueStrangers::store(const QString &name, qint64 created, int count, const QString &state)
{
    for (int i = 0; i < count; ++i)
        m_bench->execute(u"INSERT INTO task (name, arguments, state, created) VALUES (?, '[]', ?, ?)"_s,
                         {name, state, created});
}

int tst_QueueStrangers::look(Strangers &strangers)
{
    QSignalSpy looked(&strangers, &Strangers::looked);
    strangers.look();
    return looked.wait(testPatience) ? looked.first().first().toInt() : -1;
}

void tst_QueueStrangers::aNameNobodyKnowsIsWarnedOfOnceAStart()
{
    const Warnings warnings;
    store(u"gone.archive"_s, 0, 3);
    QCOMPARE(look(*m_strangers), 1);
    QCOMPARE(warnings.lines().size(), 1);
    const QString line = warnings.lines().first();
    QVERIFY2(line.contains(u"kind=\"gone.archive\" waiting=3 remedy="_s), qPrintable(line));

    store(u"gone.archive"_s, 0);
    QCOMPARE(look(*m_strangers), 0);
    QCOMPARE(look(*m_strangers), 0);
    QCOMPARE(warnings.lines().size(), 1);

    Strangers nextStart(m_bench->database.get(), {u"t.known"_s}, m_clock.clock());
    QCOMPARE(look(nextStart), 1);
    QVERIFY(warnings.lines().last().contains(u"waiting=4"_s));
}

void tst_QueueStrangers::eachNameHasItsOwnWarning()
{
    const Warnings warnings;
    store(u"z.last"_s, 0);
    store(u"a.first"_s, 0, 2);
    QCOMPARE(look(*m_strangers), 2);
    store(u"m.later"_s, 0);
    QCOMPARE(look(*m_strangers), 1);
    const QStringList lines = warnings.lines();
    QCOMPARE(lines.size(), 3);
    QVERIFY(lines[0].contains(u"kind=\"a.first\" waiting=2"_s));
    QVERIFY(lines[1].contains(u"kind=\"z.last\" waiting=1"_s));
    QVERIFY(lines[2].contains(u"kind=\"m.later\" waiting=1"_s));
}

void tst_QueueStrangers::whatAnotherProcessMayTakeIsLeftToIt()
{
    store(u"other.task"_s, m_clock.now());
    QCOMPARE(look(*m_strangers), 0);
    m_clock.advance(Strangers::patience - 1us);
    QCOMPARE(look(*m_strangers), 0);
    m_clock.advance(1us);
    QCOMPARE(look(*m_strangers), 1);

    // Pushed long ago, for a time that has just come.
    m_bench->execute(u"INSERT INTO task (name, arguments, state, created, not_before) "
                     "VALUES ('due.now', '[]', 'ready', 0, ?)"_s,
                     {m_clock.now()});
    QCOMPARE(look(*m_strangers), 0);
    m_clock.advance(Strangers::patience);
    QCOMPARE(look(*m_strangers), 1);
}

void tst_QueueStrangers::whatIsKnownOrNotReadyIsNoStranger()
{
    store(u"t.known"_s, 0);
    for (const QString &state : {u"scheduled"_s, u"running"_s, u"done"_s, u"dead"_s, u"cancelled"_s})
        store(u"t.stranger"_s, 0, 1, state);
    QCOMPARE(look(*m_strangers), 0);
}

void tst_QueueStrangers::aStrangeNameDoesNoHarm_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("shown");
    QTest::newRow("empty") << u""_s << u"kind=\"\" waiting=1"_s;
    QTest::newRow("a line of a log") << u"x\n\"forged\" id=1"_s << u"kind=\"x\\n\\\"forged\\\" id=1\" waiting=1"_s;
    QTest::newRow("long") << QString(5000, u'x') << QString(u"kind=\""_s + QString(200, u'x') + u"…\" waiting=1"_s);
}

void tst_QueueStrangers::aStrangeNameDoesNoHarm()
{
    QFETCH(const QString, name);
    QFETCH(const QString, shown);
    const Warnings warnings;
    store(name, 0);
    store(u"z.plain"_s, 0);
    QCOMPARE(look(*m_strangers), 2);
    QVERIFY2(warnings.lines().first().contains(shown), qPrintable(warnings.lines().first()));
    if (m_url.startsWith(u"sqlite"_s)) { // PostgreSQL has no other type in a text column
        m_bench->execute(u"UPDATE task SET name = CAST(name AS BLOB)"_s);
        QCOMPARE(look(*m_strangers), 0);
    }
}

void tst_QueueStrangers::aQueueWarnsWhenItStarts()
{
    const Warnings warnings;
    store(u"gone.archive"_s, 0);
    m_bench->queue.start();
    QTRY_COMPARE(warnings.lines().size(), 1);
    QCOMPARE(m_bench->value(u"SELECT state FROM task"_s), "ready");
}

void tst_QueueStrangers::aDatabaseThatIsAwayIsAskedAgain()
{
    if (m_url.startsWith(u"sqlite"_s))
        QSKIP("a file is not away");
    store(u"gone.archive"_s, 0);
    TestGround::block(m_url);
    QCOMPARE(look(*m_strangers), 0);
    TestGround::unblock();
    int told = 0;
    QTRY_VERIFY(told > 0 || (told = look(*m_strangers)) > 0); // not asked again once it was told
    QCOMPARE(told, 1);
}

QTEST_GUILESS_MAIN(tst_QueueStrangers)
#include "tst_queuestrangers.moc"
