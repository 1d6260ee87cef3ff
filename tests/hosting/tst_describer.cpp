// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/claims.h"
#include "plugins/describer.h"
#include "plugins/routepattern.h"

#include <quoin/plugin.h>

#include <QTest>

#include <functional>

using namespace Qt::StringLiterals;
using namespace quoin::plugins;

namespace {

using Say = std::function<void(quoin::Registry &)>;

class Talker final : public quoin::Plugin
{
public:
    explicit Talker(Say say)
        : m_say(std::move(say))
    {
    }
    void describe(quoin::Registry &registry) override { m_say(registry); }
    quoin::Result<> start(quoin::Services &) override { return {}; }
    void stop() override { }

private:
    Say m_say;
};

quoin::Result<Description> said(const Say &say)
{
    Talker talker(say);
    return describe(talker, u"orders"_s);
}

quoin::Response nothing(const quoin::Request &) { return quoin::Response::empty(); }

quoin::Result<> work(const quoin::TaskRun &) { return {}; }
QList<quoin::Result<>> works(const QList<quoin::TaskRun> &runs) { return QList<quoin::Result<>>(runs.size()); }

} // namespace

Q_DECLARE_METATYPE(Say)

class TestDescriber final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsSaidIsKept();
    void whatIsWronglySaidIsNamed_data();
    void whatIsWronglySaidIsNamed();
    void allThatIsWrongIsSaidAtOnce();
    void aRoutePatternHasAShape_data();
    void aRoutePatternHasAShape();
    void theSameThingCanBeClaimedOnce_data();
    void theSameThingCanBeClaimedOnce();
};

void TestDescriber::whatIsSaidIsKept()
{
    const auto description = said([](quoin::Registry &registry) {
        registry
            .get(u"/order/{id}/line/{name}"_s,
                 [](const quoin::Request &, qint64, const QString &) { return quoin::Response::empty(); })
            .summary(u"One line"_s)
            .scope(u"orders:read"_s)
            .deadline(std::chrono::seconds(3))
            .bodyLimit(1000);
        registry.post(u"/order"_s,
                      [](const quoin::Request &) { return QtFuture::makeReadyFuture(quoin::Response::empty()); });
        registry.subscribe(u"record.created"_s, u"orders.mail"_s); // before the task it names
        registry.task(u"orders.mail"_s, work,
                      {.attempts = 3, .firstDelay = std::chrono::seconds(2), .parameters = {u"to"_s, u"text"_s}});
        registry.batchTask(u"orders.mails"_s, works, {.largestBatch = 20});
        registry.taskAlias(u"app.mail"_s, u"orders.mail"_s);
        registry.migration({u"orders/0002-more"_s, {u"ALTER TABLE orders ADD x TEXT"_s}});
        registry.migration(
            {u"orders/0001-first"_s, {u"CREATE TABLE orders (id)"_s}, {u"CREATE TABLE orders (id INT)"_s}});
    });
    QVERIFY2(description, qPrintable(description.error().message()));
    QCOMPARE(description->routes.size(), 2u);
    const DeclaredRoute &line = description->routes[0];
    QCOMPARE(line.method, QByteArray("GET"));
    QCOMPARE(line.captures, QStringList({u"id"_s, u"name"_s}));
    QCOMPARE(line.captureTypes, QList<QByteArray>({"integer", "string"}));
    QCOMPARE(line.where, quoin::abi::RunsOn::Pool);
    QCOMPARE(line.summary, u"One line"_s);
    QCOMPARE(line.scope, u"orders:read"_s);
    QVERIFY(line.deadline == std::chrono::milliseconds(3000));
    QVERIFY(line.bodyLimit == 1000);
    QVERIFY(line.handler);
    QCOMPARE(description->routes[1].where, quoin::abi::RunsOn::Loop);
    QVERIFY(!description->routes[1].deadline && !description->routes[1].bodyLimit);
    QCOMPARE(description->tasks.size(), 2u);
    QVERIFY(description->tasks[0].handler && !description->tasks[0].batch && description->tasks[0].largestBatch == 0);
    QCOMPARE(description->tasks[0].parameters, (QStringList{u"to"_s, u"text"_s}));
    QVERIFY(description->tasks[1].batch && !description->tasks[1].handler && description->tasks[1].largestBatch == 20);
    QCOMPARE(description->tasks[0].attempts, 3);
    QVERIFY(description->tasks[0].firstDelay == std::chrono::seconds(2));
    QCOMPARE(description->aliases[0].task, u"orders.mail"_s);
    QCOMPARE(description->subscriptions[0].event, u"record.created"_s);
    QCOMPARE(description->migrations[0].name, u"orders/0001-first"_s); // in the order of their names
    QCOMPARE(description->migrations[0].postgresql, QStringList{u"CREATE TABLE orders (id INT)"_s});
    QCOMPARE(description->migrations[1].postgresql, description->migrations[1].sqlite);
}

void TestDescriber::whatIsWronglySaidIsNamed_data()
{
    QTest::addColumn<Say>("say");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char *name, const Say &say, const QString &reason) {
        QTest::newRow(name) << say << reason;
    };
    row(
        "throws", [](quoin::Registry &) { throw std::runtime_error("no"); }, u"describe() threw: exception: no"_s);
    row(
        "throws a number", [](quoin::Registry &) { throw 1; }, u"describe() threw: an exception of an unknown type"_s);
    row(
        "no slash", [](quoin::Registry &r) { r.get(u"order"_s, nothing); },
        u"route \"order\" does not begin with '/'"_s);
    row(
        "empty segment", [](quoin::Registry &r) { r.get(u"/a//b"_s, nothing); },
        u"route \"/a//b\" has the segment \"\", which is neither {name} nor plain"_s);
    row(
        "half a capture", [](quoin::Registry &r) { r.get(u"/a{id}"_s, nothing); },
        u"route \"/a{id}\" has the segment \"a{id}\", which is neither {name} nor plain"_s);
    row(
        "query", [](quoin::Registry &r) { r.get(u"/a?b"_s, nothing); },
        u"route \"/a?b\" has the segment \"a?b\", which is neither {name} nor plain"_s);
    row(
        "capture not taken", [](quoin::Registry &r) { r.get(u"/a/{id}"_s, nothing); },
        u"route GET /a/{id} has 1 captures, its handler takes 0"_s);
    row(
        "capture not there",
        [](quoin::Registry &r) {
            r.get(u"/a"_s, [](const quoin::Request &, qint64) { return quoin::Response::empty(); });
        },
        u"route GET /a has 0 captures, its handler takes 1"_s);
    row(
        "one name twice",
        [](quoin::Registry &r) {
            r.get(u"/{a}/{a}"_s, [](const quoin::Request &, int, int) { return quoin::Response::empty(); });
        },
        u"route \"/{a}/{a}\" has the capture {a} twice"_s);
    row(
        "HEAD", [](quoin::Registry &r) { r.route("HEAD", u"/a"_s, nothing); },
        u"route HEAD /a: the method must be one of GET, POST, PUT, PATCH, DELETE"_s);
    row(
        "route twice",
        [](quoin::Registry &r) {
            r.get(u"/a"_s, nothing);
            r.get(u"/a"_s, nothing);
        },
        u"route GET /a is declared twice"_s);
    row(
        "deadline", [](quoin::Registry &r) { r.get(u"/a"_s, nothing).deadline(std::chrono::milliseconds(0)); },
        u"route /a: a deadline and a body limit are above 0"_s);
    row(
        "body limit", [](quoin::Registry &r) { r.get(u"/a"_s, nothing).bodyLimit(-1); },
        u"route /a: a deadline and a body limit are above 0"_s);
    row(
        "foreign task", [](quoin::Registry &r) { r.task(u"sip.make"_s, work); },
        u"task sip.make must be named orders.something"_s);
    row(
        "task without a name", [](quoin::Registry &r) { r.task(u"orders."_s, work); },
        u"task orders. must be named orders.something"_s);
    row(
        "no attempt", [](quoin::Registry &r) { r.task(u"orders.x"_s, work, {.attempts = 0}); },
        u"task orders.x needs at least one attempt, a delay of at least 0 and a time limit above 0"_s);
    row(
        "task with a line break", [](quoin::Registry &r) { r.task(u"orders.x\n"_s, work); },
        u"task orders.x\n must be named orders.something"_s);
    row(
        "empty batches", [](quoin::Registry &r) { r.batchTask(u"orders.x"_s, works, {.largestBatch = 0}); },
        u"task orders.x needs a largest batch of at least 1"_s);
    row(
        "parameter without a name", [](quoin::Registry &r) { r.task(u"orders.x"_s, work, {.parameters = {u"a b"_s}}); },
        u"task orders.x: the parameter \"a b\" is not a name"_s);
    row(
        "parameter twice",
        [](quoin::Registry &r) {
            r.task(u"orders.x"_s, work, {.parameters = {u"a"_s, u"a"_s}});
        },
        u"parameter a of task orders.x is declared twice"_s);
    row(
        "alias of nothing", [](quoin::Registry &r) { r.taskAlias(u"app.x"_s, u"orders.x"_s); },
        u"task alias app.x names the task orders.x, which is not declared"_s);
    row(
        "subscription of nothing", [](quoin::Registry &r) { r.subscribe(u"record.created"_s, u"orders.x"_s); },
        u"the subscription to record.created names the task orders.x, which is not declared"_s);
    row(
        "foreign migration",
        [](quoin::Registry &r) {
            r.migration({u"sip/0001-x"_s, {u"SELECT 1"_s}});
        },
        u"migration sip/0001-x must be named orders/0001-what-it-does"_s);
    row(
        "migration without a name",
        [](quoin::Registry &r) {
            r.migration({u"orders/"_s, {u"SELECT 1"_s}});
        },
        u"migration orders/ must be named orders/0001-what-it-does"_s);
    row(
        "empty migration",
        [](quoin::Registry &r) {
            r.migration({u"orders/1"_s, {}});
        },
        u"migration orders/1 has an empty statement, or none"_s);
    row(
        "blank statement",
        [](quoin::Registry &r) {
            r.migration({u"orders/1"_s, {u" "_s}});
        },
        u"migration orders/1 has an empty statement, or none"_s);
}

void TestDescriber::whatIsWronglySaidIsNamed()
{
    QFETCH(Say, say);
    QFETCH(QString, reason);
    const auto description = said(say);
    QVERIFY(!description);
    QCOMPARE(description.error().message(), reason);
}

void TestDescriber::allThatIsWrongIsSaidAtOnce()
{
    const auto description = said([](quoin::Registry &registry) {
        registry.get(u"a"_s, nothing);
        registry.task(u"x"_s, work);
    });
    QVERIFY(!description);
    QCOMPARE(description.error().message(),
             u"route \"a\" does not begin with '/'; task x must be named orders.something"_s);
}

void TestDescriber::aRoutePatternHasAShape_data()
{
    QTest::addColumn<QString>("shape");
    QTest::addColumn<QStringList>("captures");
    QTest::newRow("/") << u"/"_s << QStringList{};
    QTest::newRow("/a") << u"/a"_s << QStringList{};
    QTest::newRow("/a/") << u"/a/"_s << QStringList{};
    QTest::newRow("/{x}") << u"/{}"_s << QStringList{u"x"_s};
    QTest::newRow("/a/{x}/b/{y_2}") << u"/a/{}/b/{}"_s << QStringList{u"x"_s, u"y_2"_s};
    QTest::newRow("/.well-known/a~b@c:d%20e") << u"/.well-known/a~b@c:d%20e"_s << QStringList{};
}

void TestDescriber::aRoutePatternHasAShape()
{
    QFETCH(QString, shape);
    QFETCH(QStringList, captures);
    const auto pattern = parseRoutePattern(QString::fromLatin1(QTest::currentDataTag()));
    QVERIFY(pattern);
    QCOMPARE(pattern->shape, shape);
    QCOMPARE(pattern->captures, captures);
}

void TestDescriber::theSameThingCanBeClaimedOnce_data()
{
    QTest::addColumn<Say>("say");
    QTest::addColumn<QString>("conflict");
    const auto row = [](const char *name, const Say &say, const QString &conflict) {
        QTest::newRow(name) << say << conflict;
    };
    const auto item = [](const quoin::Request &, const QByteArray &) { return quoin::Response::empty(); };
    row(
        "another path", [=](quoin::Registry &r) { r.get(u"/b/{id}"_s, item); }, QString());
    row(
        "another method", [=](quoin::Registry &r) { r.post(u"/a/{id}"_s, item); }, QString());
    row(
        "beside the capture", [](quoin::Registry &r) { r.get(u"/a/new"_s, nothing); }, QString());
    row(
        "same path by another name", [=](quoin::Registry &r) { r.get(u"/a/{name}"_s, item); },
        u"route GET /a/{name} is declared by first already"_s);
    row(
        "alias that is a task",
        [](quoin::Registry &r) {
            r.task(u"orders.x"_s, work);
            r.taskAlias(u"app.mail"_s, u"orders.x"_s);
        },
        u"task app.mail is declared by first already"_s);
}

void TestDescriber::theSameThingCanBeClaimedOnce()
{
    QFETCH(Say, say);
    QFETCH(QString, conflict);
    const auto first = said([](quoin::Registry &r) {
        r.get(u"/a/{id}"_s, [](const quoin::Request &, qint64) { return quoin::Response::empty(); });
        r.task(u"orders.mail"_s, work);
        r.taskAlias(u"app.mail"_s, u"orders.mail"_s);
    });
    QVERIFY(first);
    Claims claims;
    claims.claim(first->facts(), u"first"_s);
    QVERIFY(claims.hasTask(u"app.mail"_s));
    const auto second = said(say);
    QVERIFY2(second, qPrintable(second.error().message()));
    QCOMPARE(claims.conflicts(second->facts()).join(u"; "_s), conflict);
}

QTEST_GUILESS_MAIN(TestDescriber)
#include "tst_describer.moc"
