// SPDX-License-Identifier: GPL-3.0-only
// Relays in processes of their own, and the one that is at work is killed again and again.
#include "nodebench.h"
#include "testground.h"

#include "queue/celery/relay.h"

#include <QProcess>
#include <QRandomGenerator>
#include <QSet>

#include <csignal>
#include <cstring>
#include <sys/prctl.h>

using namespace quoin;
using namespace quoin::celery;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int batch = 10;

queue::TaskCatalogue catalogue()
{
    queue::TaskCatalogue catalogue;
    catalogue.add(u"t.own"_s, {});
    catalogue.add(u"t.python"_s, {});
    return catalogue;
}

/// A process that relays what is in the table and does nothing else: this test's program, started again.
class RelayProcess
{
public:
    explicit RelayProcess(const CeleryGround &ground)
    {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.setChildProcessModifier(
            [] { prctl(PR_SET_PDEATHSIG, SIGKILL); }); // ends with the test, also when that crashes
        m_process.start(QCoreApplication::applicationFilePath(),
                        {u"--relay"_s, ground.databaseUrl(), ground.server.url()});
        if (!m_process.waitForStarted())
            qFatal("the relay does not start");
    }
    ~RelayProcess() { kill(); }

    qint64 id() const { return m_process.processId(); }
    void kill()
    {
        m_process.kill(); // SIGKILL: nothing is cleaned up
        m_process.waitForFinished(-1);
    }

    static int run(int argc, char **argv)
    {
        QCoreApplication app(argc, argv);
        const auto database = openDatabase(app.arguments().at(2));
        RelayOptions options;
        options.names = catalogue().names();
        options.publishedName = [](const QString &task) { return task == u"t.python"_s ? u"app.python"_s : QString(); };
        options.lease = 2s;
        options.renewal = 500ms;
        options.poll = 100ms;
        options.census = 24h; // what is pushed twice is so because of a death
        options.batch = batch;
        Relay relay(database.get(), *redis::Url::parse(app.arguments().at(3)), options);
        relay.start();
        return app.exec();
    }

private:
    QProcess m_process;
};

} // namespace

class tst_RelayCrash : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { TestGround::addDialects(); }
    void initTestCase();
    void init();
    void cleanupTestCase();

    void whatADeadRelayHadIsPushedByTheNext();

private:
    void push(int count);
    qint64 activeProcess() const;
    qint64 inRedis() const { return m_ground->length(u"quoin"_s) + m_ground->length(u"celery"_s); }
    int ready() const { return m_ground->value(u"SELECT count(*) FROM task WHERE state = 'ready'"_s).toInt(); }
    void compareQueue(const QString &list, int remainder, int deaths);

    std::unique_ptr<CeleryGround> m_ground;
    std::unique_ptr<database::SqlDatabase> m_database;
    int m_count = 0;
};

void tst_RelayCrash::initTestCase()
{
    if (!test::RedisServer::isInstalled())
        QSKIP("redis-server is not installed");
    if (!m_ground)
        m_ground = std::make_unique<CeleryGround>();
}

void tst_RelayCrash::init()
{
    QFETCH_GLOBAL(QString, dialect);
    m_database.reset();
    m_ground->reset(dialect);
    m_database = openDatabase(m_ground->databaseUrl());
    m_count = 0;
}

void tst_RelayCrash::cleanupTestCase()
{
    m_database.reset();
    m_ground.reset();
    TestGround::end();
}

/// The even numbers go to our queue, the odd ones to the shared one. Nobody is told: relays find them.
void tst_RelayCrash::push(int count)
{
    queue::Outbox outbox(catalogue(), [] {});
    const auto done = Database(m_database.get())
                          .write([&outbox, first = m_count, count](Connection &connection) -> Result<> {
                              for (int i = first; i < first + count; ++i) {
                                  const auto id = Tasks(&outbox).push(
                                      connection, i % 2 == 0 ? u"t.own"_s : u"t.python"_s, jsonArray(i), {});
                                  if (!id)
                                      return id.error();
                              }
                              return {};
                          })
                          .result();
    if (!done)
        qFatal("push: %s", qPrintable(done.error().message()));
    m_count += count;
}

/// The process that has the lease; 0 if nobody has had it yet.
qint64 tst_RelayCrash::activeProcess() const
{
    return m_ground->value(u"SELECT note FROM lease WHERE name = 'relay'"_s).split(':').last().toLongLong();
}

/// Each task is there under the one id that the table knows, and those that are there for the first time are in the
/// order in which they were pushed. Few are there again: a batch whose relay died, or lost its lease, before it was
/// marked.
void tst_RelayCrash::compareQueue(const QString &list, int remainder, int deaths)
{
    QList<int> order;
    QSet<QString> ids;
    qsizetype again = 0;
    const auto messages = m_ground->redis({u"LRANGE"_s, list, u"0"_s, u"-1"_s}).split('\n');
    for (auto raw = messages.crbegin(); raw != messages.crend(); ++raw) { // the next to be popped first
        const auto message = parseMessage(*raw);
        QVERIFY2(message, raw->constData());
        if (ids.contains(message->id))
            ++again;
        else
            order += message->args.mid(1).chopped(1).toInt();
        ids.insert(message->id);
    }
    QList<int> expected;
    for (int i = remainder; i < m_count; i += 2)
        expected += i;
    QCOMPARE(order, expected);
    QVERIFY2(again <= 4 * batch * deaths, qPrintable(u"%1 twice after %2 deaths"_s.arg(again).arg(deaths)));
    const QString name = remainder == 0 ? u"t.own"_s : u"t.python"_s;
    QCOMPARE(m_ground->value(u"SELECT count(DISTINCT message) FROM task WHERE state = 'sent' AND name = ?"_s, {name}),
             QByteArray::number(ids.size()));
}

void tst_RelayCrash::whatADeadRelayHadIsPushedByTheNext()
{
    constexpr int deaths = 3;
    std::vector<std::unique_ptr<RelayProcess>> relays;
    for (int i = 0; i < 2; ++i)
        relays.push_back(std::make_unique<RelayProcess>(*m_ground));
    for (int round = 0; round < deaths; ++round) {
        const qint64 enough = inRedis() + QRandomGenerator::global()->bounded(1, 300);
        push(600);
        QTRY_VERIFY_WITH_TIMEOUT(inRedis() >= enough, 60'000);
        const qint64 active = activeProcess();
        const auto victim = std::ranges::find(relays, active, [](const auto &relay) { return relay->id(); });
        QVERIFY2(victim != relays.end(), qPrintable(QString::number(active)));
        (*victim)->kill();
        push(50); // these at least are for the next, however quick the dead one was
        QTRY_VERIFY_WITH_TIMEOUT(activeProcess() != active && ready() == 0, 60'000);
        *victim = std::make_unique<RelayProcess>(*m_ground);
    }
    QCOMPARE(m_ground->value(u"SELECT count(*) FROM task WHERE state = 'sent'"_s), QByteArray::number(m_count));
    compareQueue(u"quoin"_s, 0, deaths);
    compareQueue(u"celery"_s, 1, deaths);
}

int main(int argc, char **argv)
{
    if (argc == 4 && std::strcmp(argv[1], "--relay") == 0)
        return RelayProcess::run(argc, argv);
    QCoreApplication app(argc, argv);
    tst_RelayCrash test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_relaycrash.moc"
