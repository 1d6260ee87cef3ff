// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/descriptionfacts.h"

#include <QJsonDocument>
#include <QTest>

#include <limits>

using namespace Qt::StringLiterals;
using namespace quoin;
using namespace quoin::plugins;
using namespace std::chrono_literals;

namespace {

DescriptionFacts everything()
{
    DescriptionFacts facts;
    facts.routes.append({"GET",
                         u"/stock/{id}/{name}"_s,
                         {u"id"_s, u"name"_s},
                         {"integer", "string"},
                         abi::RunsOn::Loop,
                         u"Größe \"und\" Zahl"_s,
                         u"stock:read"_s,
                         1500ms,
                         4096});
    facts.routes.append({"POST", u"/stock"_s, {}, {}, abi::RunsOn::Pool, {}, {}, {}, {}});
    facts.tasks.append({u"stock.count"_s, 3, 1s, 5min});
    facts.tasks.append({u"stock.sum"_s, 1, 0s, 1s, 64, {u"id"_s, u"data"_s}});
    facts.aliases.append({u"app.count"_s, u"stock.count"_s});
    facts.subscriptions.append({u"record.created"_s, u"stock.count"_s});
    facts.migrations.append({u"stock/0001-create"_s, {u"CREATE TABLE a (b TEXT)"_s}, {u"CREATE TABLE a (b JSON)"_s}});
    return facts;
}

} // namespace

/// What a plugin has, on its way from the process that ran it to one that must not.
class TestDescriptionFacts final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsWrittenIsRead();
    void noLimitStaysReadable();
    void whatIsNoDescriptionIsRefused_data();
    void whatIsNoDescriptionIsRefused();
};

void TestDescriptionFacts::whatIsWrittenIsRead()
{
    const QByteArray text = QJsonDocument(everything().toJson()).toJson();
    const auto read = DescriptionFacts::fromJson(QJsonDocument::fromJson(text).object());
    QVERIFY2(read, qPrintable(read.error().message()));
    QCOMPARE(*read, everything());
    QCOMPARE(*DescriptionFacts::fromJson(DescriptionFacts().toJson()), DescriptionFacts());
}

void TestDescriptionFacts::noLimitStaysReadable()
{
    DescriptionFacts facts = everything();
    facts.routes[0].bodyLimit = std::numeric_limits<qint64>::max();
    facts.tasks[0].timeLimit = std::chrono::milliseconds::max();
    const auto read = DescriptionFacts::fromJson(
        QJsonDocument::fromJson(QJsonDocument(facts.toJson()).toJson()).object());
    QVERIFY2(read, qPrintable(read.error().message()));
    QCOMPARE(*read->routes[0].bodyLimit, qint64(1) << 53);
    QCOMPARE(qint64(read->tasks[0].timeLimit.count()), qint64(1) << 53);
}

void TestDescriptionFacts::whatIsNoDescriptionIsRefused_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    QTest::addColumn<QString>("fault");
    const auto row = [](const char *before, const char *after, const QString &fault) {
        QTest::addRow("%s", after) << QByteArray(before) << QByteArray(after) << fault;
    };
    row("\"method\":\"POST\"", "\"method\":7", u"\"method\" of routes[1] must be a text"_s);
    row("\"where\":\"loop\"", "\"where\":\"roof\"", u"routes[0]: \"where\" must be pool or loop"_s);
    row("[\"id\",\"name\"]", "[\"id\"]", u"routes[0]: \"captures\" and \"captureTypes\" must be of one length"_s);
    row("\"deadline\":1500", "\"deadline\":0", u"routes[0]: \"deadline\" must be above 0"_s);
    row("\"bodyLimit\":4096", "\"bodyLimit\":1.5", u"\"bodyLimit\" of routes[0] must be a whole number"_s);
    row("\"attempts\":3", "\"attempts\":4294967296", u"tasks[0]: \"attempts\" must be a number from 1 to 2147483647"_s);
    row("\"largestBatch\":64", "\"largestBatch\":0", u"tasks[1]: \"largestBatch\" must be above 0"_s);
    row("\"parameters\":[\"id\"", "\"parameters\":[7", u"\"parameters\" of tasks[1] must hold texts only"_s);
    row("\"alias\":\"app.count\",", "", u"\"alias\" of aliases[0] must be a text"_s);
    row("\"event\":", "\"events\":", u"\"event\" of subscriptions[0] must be a text"_s);
    row("\"sqlite\":[\"CREATE TABLE a (b TEXT)\"]", "\"sqlite\":[7]",
        u"\"sqlite\" of migrations[0] must hold texts only"_s);
    row("\"summary\":\"\"", "\"summary\":\"\",\"extra\":1", u"\"extra\" of routes[1] is not known"_s);
    row("\"migrations\":", "\"migration\":", u"\"migration\" is not known"_s);
}

void TestDescriptionFacts::whatIsNoDescriptionIsRefused()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    QFETCH(QString, fault);
    QByteArray text = QJsonDocument(everything().toJson()).toJson(QJsonDocument::Compact);
    QVERIFY2(text.contains(before), text.constData());
    text.replace(text.indexOf(before), before.size(), after);
    const auto read = DescriptionFacts::fromJson(QJsonDocument::fromJson(text).object());
    QVERIFY(!read);
    QCOMPARE(read.error().message(), u"no description of a plugin: "_s + fault);
}

QTEST_GUILESS_MAIN(TestDescriptionFacts)
#include "tst_descriptionfacts.moc"
