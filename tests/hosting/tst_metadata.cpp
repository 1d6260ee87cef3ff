// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/metadata.h"

#include <quoin/plugin.h>

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::plugins;

namespace {

const char *const full = R"({"id": "org.acme.orders", "version": "2.1.0", "title": "Orders", "sdk": 1,
    "requires": [{"id": "org.acme.stock", "atLeast": "1.4"}],
    "settings": [{"key": "batch_size", "type": "integer", "default": "10", "help": "How many.", "least": 1, "most": 100},
                 {"key": "mode", "type": "choice", "default": "fast", "help": "How.", "choices": ["fast", "safe"]},
                 {"key": "token", "type": "string", "default": "", "help": "For what.", "secret": true}]})";

QJsonObject loaderData(const QByteArray &json)
{
    const QJsonDocument document = QJsonDocument::fromJson(json);
    if (!document.isObject())
        qFatal("the test's JSON is wrong: %s", json.constData());
    return {{u"IID"_s, QLatin1StringView(QUOIN_PLUGIN_IID)}, {u"MetaData"_s, document.object()}};
}

} // namespace

class TestMetadata final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyMemberIsRead();
    void whatIsWrongIsNamed_data();
    void whatIsWrongIsNamed();
    void anotherInterfaceIsRefused();
    void theFileMustBeNamedAfterTheId();
    void anIdIsLowerCaseWordsJoinedByDots_data();
    void anIdIsLowerCaseWordsJoinedByDots();
};

void TestMetadata::everyMemberIsRead()
{
    Fault fault;
    const auto metadata = readMetadata(loaderData(full), u"org.acme.orders"_s, &fault);
    QVERIFY2(metadata, qPrintable(fault.reason));
    QCOMPARE(metadata->id, u"org.acme.orders"_s);
    QCOMPARE(metadata->version, QVersionNumber(2, 1, 0));
    QCOMPARE(metadata->title, u"Orders"_s);
    QCOMPARE(metadata->sdk, 1);
    QCOMPARE(metadata->requirements.size(), 1);
    QCOMPARE(metadata->requirements[0].id, u"org.acme.stock"_s);
    QCOMPARE(metadata->requirements[0].atLeast, QVersionNumber(1, 4));
    QCOMPARE(metadata->settings.size(), 3);
    QCOMPARE(metadata->settings[0].key, u"batch_size"_s);
    QCOMPARE(metadata->settings[0].defaultText, u"10"_s);
    QCOMPARE(metadata->settings[0].least, 1);
    QCOMPARE(metadata->settings[0].most, 100);
    QCOMPARE(metadata->settings[1].choices, QStringList({u"fast"_s, u"safe"_s}));
    QVERIFY(!metadata->settings[1].secret);
    QVERIFY(metadata->settings[2].secret);
}

void TestMetadata::whatIsWrongIsNamed_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char *name, const char *before, const char *after, const QString &reason) {
        QTest::newRow(name) << QByteArray(before) << QByteArray(after) << reason;
    };
    row("unknown member", "\"sdk\": 1,", "\"sdk\": 1, \"isolation\": 1,", u"\"isolation\" is not known"_s);
    row("no title", "\"title\": \"Orders\",", "", u"\"title\" must be a text"_s);
    row("empty title", "\"Orders\"", "\"\"", u"\"title\" is empty"_s);
    row("upper case id", "org.acme.orders", "org.acme.Orders", u"\"id\" must be lower-case words"_s);
    row("two numbers", "2.1.0", "2.1", u"\"version\" must be three numbers"_s);
    row("leading zero", "2.1.0", "2.01.0", u"\"version\" must be three numbers"_s);
    row("suffix", "2.1.0", "2.1.0-beta", u"\"version\" must be three numbers"_s);
    row("version as a number", "\"2.1.0\"", "2.1", u"\"version\" must be a text"_s);
    row("sdk as a text", "\"sdk\": 1", "\"sdk\": \"1\"", u"it does not say which SDK"_s);
    row("newer sdk", "\"sdk\": 1", "\"sdk\": 7", u"built for SDK 1.7, this host offers 1.%1"_s.arg(QUOIN_SDK_MINOR));
    row("requires nothing known", "\"atLeast\": \"1.4\"", "\"version\": \"1.4\"",
        u"\"atLeast\" of requires[0] must be a text"_s);
    row("requires no version", "\"1.4\"", "\"new\"", u"\"atLeast\" of requires[0] is no version"_s);
    row("requires no id", "org.acme.stock", "../stock", u"\"id\" of requires[0] is no plugin id"_s);
    row("requires an object", "[{\"id\": \"org.acme.stock\", \"atLeast\": \"1.4\"}]", "{}",
        u"\"requires\" must be a list"_s);
    row("requires texts", "[{\"id\": \"org.acme.stock\", \"atLeast\": \"1.4\"}]", "[\"org.acme.stock\"]",
        u"\"requires\" must hold objects only"_s);
    row("setting's key", "batch_size", "batch-size", u"\"key\" of settings[0] must be lower-case"_s);
    row("setting's type", "\"integer\"", "\"number\"", u"\"type\" of settings[0] must be one of string, integer"_s);
    row("setting's help", "How many.", "", u"\"help\" of settings[0] is empty"_s);
    row("setting's default", "\"default\": \"10\"", "\"default\": 10", u"\"default\" of settings[0] must be a text"_s);
    row("setting's least", "\"least\": 1,", "\"least\": 1.5,", u"\"least\" of settings[0] must be a whole number"_s);
    row("setting's secret", "\"secret\": true", "\"secret\": \"yes\"",
        u"\"secret\" of settings[2] must be true or false"_s);
    row("setting's unknown member", "\"secret\": true", "\"hidden\": true",
        u"\"hidden\" of settings[2] is not known"_s);
    row("no such choice", "\"default\": \"fast\"", "\"default\": \"slow\"",
        u"\"default\" of settings[1] is not among its choices"_s);
    row("two of a key", "\"mode\"", "\"token\"", u"it declares the setting token twice"_s);
}

void TestMetadata::whatIsWrongIsNamed()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    QFETCH(QString, reason);
    QVERIFY(QByteArray(full).contains(before));
    Fault fault;
    QVERIFY(!readMetadata(loaderData(QByteArray(full).replace(before, after)), u"org.acme.orders"_s, &fault));
    QVERIFY2(fault.reason.contains(reason), qPrintable(fault.reason));
    QVERIFY(!fault.remedy.isEmpty());
}

void TestMetadata::anotherInterfaceIsRefused()
{
    QJsonObject data = loaderData(full);
    data.insert(u"IID"_s, u"org.example.Other/1"_s);
    Fault fault;
    QVERIFY(!readMetadata(data, u"org.acme.orders"_s, &fault));
    QCOMPARE(fault.reason, u"its interface is \"org.example.Other/1\", not \"org.quoin.Plugin/1\""_s);
    QVERIFY(!readMetadata({}, u"org.acme.orders"_s, &fault));
}

void TestMetadata::theFileMustBeNamedAfterTheId()
{
    Fault fault;
    QVERIFY(!readMetadata(loaderData(full), u"orders"_s, &fault));
    QCOMPARE(fault.reason, u"its id is \"org.acme.orders\", so its file must be org.acme.orders.so"_s);
}

void TestMetadata::anIdIsLowerCaseWordsJoinedByDots_data()
{
    QTest::addColumn<bool>("isId");
    for (const char *good : {"counter", "org.acme.orders", "a", "a_b.c2"})
        QTest::newRow(good) << true;
    for (const char *bad : {"", ".", "a.", ".a", "a..b", "A", "1a", "a-b", "a/b", "..", "a b", "a\n"})
        QTest::newRow(bad) << false;
}

void TestMetadata::anIdIsLowerCaseWordsJoinedByDots()
{
    QFETCH(bool, isId);
    QCOMPARE(isPluginId(QString::fromLatin1(QTest::currentDataTag())), isId);
}

QTEST_GUILESS_MAIN(TestMetadata)
#include "tst_metadata.moc"
