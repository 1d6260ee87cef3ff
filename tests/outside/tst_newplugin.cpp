// SPDX-License-Identifier: GPL-3.0-only
#include "newplugincommand.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::server;

class NewPluginTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aProjectIsWritten_data();
    void aProjectIsWritten();
    void whatCannotBeIsRefused_data();
    void whatCannotBeIsRefused();
    void whatIsThereIsLeftAlone();
};

void NewPluginTest::aProjectIsWritten_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("className");
    QTest::addColumn<QString>("table");
    QTest::newRow("dotted") << u"org.acme.orders"_s << u"orders"_s << u"class Orders final"_s
                            << u"TABLE org_acme_orders "_s;
    QTest::newRow("plain") << u"orders"_s << u"orders"_s << u"class Orders final"_s << u"TABLE orders "_s;
    QTest::newRow("words") << u"a.stock_items"_s << u"stock_items"_s << u"class StockItems final"_s
                           << u"TABLE a_stock_items "_s;
    QTest::newRow("a system header") << u"a.time"_s << u"time_plugin"_s << u"class Time final"_s << u"TABLE a_time "_s;
}

void NewPluginTest::aProjectIsWritten()
{
    QFETCH(const QString, id);
    QFETCH(const QString, name);
    QFETCH(const QString, className);
    QFETCH(const QString, table);
    const QTemporaryDir place;
    const QString folder = place.filePath(u"deep/project"_s);
    const auto made = writeNewPlugin(id, folder);
    QVERIFY2(made, made ? "" : qPrintable(made.error().message()));

    QByteArray all;
    QStringList names;
    for (const QFileInfo &entry : QDir(folder).entryInfoList(QDir::Files | QDir::Hidden, QDir::Name)) {
        QFile file(entry.filePath());
        QVERIFY(file.open(QIODevice::ReadOnly));
        all += file.readAll();
        names += entry.fileName();
    }
    QStringList expected{u".gitignore"_s,  u"CMakeLists.txt"_s, u"README.md"_s,
                         name + u".cpp"_s, name + u".h"_s,      name + u"_test.cpp"_s};
    names.sort();
    expected.sort();
    QCOMPARE(names, expected);
    QVERIFY(!all.contains('@'));
    QVERIFY(all.contains(className.toUtf8()));
    QVERIFY(all.contains(table.toUtf8()));
    QVERIFY(all.contains("quoin_add_plugin(" + id.toUtf8()));
    QCOMPARE(QDir(place.filePath(u"deep"_s)).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot),
             QStringList{u"project"_s});
}

void NewPluginTest::whatCannotBeIsRefused_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<QString>("sentence");
    const QString form = u"is no plugin id"_s;
    QTest::newRow("empty") << u""_s << form;
    QTest::newRow("upper case") << u"org.acme.Orders"_s << form;
    QTest::newRow("dash") << u"org.acme-orders"_s << form;
    QTest::newRow("a path") << u"../orders"_s << form;
    QTest::newRow("a dot at the end") << u"orders."_s << form;
    QTest::newRow("too long") << QString(101, u'a') << form;
    QTest::newRow("a group of settings") << u"http"_s << u"org.acme.http"_s;
    QTest::newRow("the host") << u"quoin"_s << u"belongs to the server"_s;
}

void NewPluginTest::whatCannotBeIsRefused()
{
    QFETCH(const QString, id);
    QFETCH(const QString, sentence);
    const QTemporaryDir place;
    const auto made = writeNewPlugin(id, place.filePath(u"project"_s));
    QVERIFY(!made);
    QVERIFY2(made.error().message().contains(sentence), qPrintable(made.error().message()));
    QVERIFY(!QFile::exists(place.filePath(u"project"_s)));
}

void NewPluginTest::whatIsThereIsLeftAlone()
{
    const QTemporaryDir place;
    QVERIFY(QFile::link(u"/nonexistent"_s, place.filePath(u"link"_s)));
    for (const QString &taken : {place.path(), place.filePath(u"link"_s)}) {
        const auto made = writeNewPlugin(u"org.acme.orders"_s, taken);
        QVERIFY(!made);
        QVERIFY2(made.error().message().contains(u"exists already"_s), qPrintable(made.error().message()));
    }
    QCOMPARE(QDir(place.path()).entryList(QDir::AllEntries | QDir::System | QDir::Hidden | QDir::NoDotAndDotDot),
             QStringList{u"link"_s});
}

QTEST_GUILESS_MAIN(NewPluginTest)
#include "tst_newplugin.moc"
