// SPDX-License-Identifier: GPL-3.0-only
#include "settings/inifile.h"

#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::server;

class IniFileTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void entriesKeepTheirLines();
    void aValueIsTakenAsItIs_data();
    void aValueIsTakenAsItIs();
    void aFaultNamesItsLine_data();
    void aFaultNamesItsLine();
    void allFaultsAreTold();
    void aFileThatCannotBeReadIsAFault();
    void aHugeFileIsAFault();
};

void IniFileTest::entriesKeepTheirLines()
{
    const auto file = parseIni("# ours\n[http]\nlisten = 127.0.0.1:80\n\n; more\n[org.acme.stock]\r\nname=x\r\n",
                               u"f"_s);
    QCOMPARE(file.faults, QStringList());
    QCOMPARE(file.entries.size(), 2);
    QCOMPARE(file.entries[0].key, u"http.listen"_s);
    QCOMPARE(file.entries[0].value, u"127.0.0.1:80"_s);
    QCOMPARE(file.entries[0].line, 3);
    QCOMPARE(file.entries[1].key, u"org.acme.stock.name"_s);
    QCOMPARE(file.entries[1].value, u"x"_s);
    QCOMPARE(file.entries[1].line, 7);
}

void IniFileTest::aValueIsTakenAsItIs_data()
{
    QTest::addColumn<QByteArray>("written");
    QTest::addColumn<QString>("value");
    QTest::newRow("password") << QByteArray("postgresql://u:a%20;#=\\n,@h/d") << u"postgresql://u:a%20;#=\\n,@h/d"_s;
    QTest::newRow("quotes around it") << QByteArray("\" two words \"") << u" two words "_s;
    QTest::newRow("a quote within") << QByteArray("say \"hello\"") << u"say \"hello\""_s;
    QTest::newRow("one quote") << QByteArray("\"") << u"\""_s;
    QTest::newRow("empty") << QByteArray("") << u""_s;
    QTest::newRow("UTF-8") << QByteArray("/srv/\xc3\xbc") << u"/srv/\u00fc"_s;
}

void IniFileTest::aValueIsTakenAsItIs()
{
    QFETCH(const QByteArray, written);
    QFETCH(const QString, value);
    const auto file = parseIni("[a]\nb = " + written + "\n", u"f"_s);
    QCOMPARE(file.faults, QStringList());
    QCOMPARE(file.entries.value(0).value, value);
}

void IniFileTest::aFaultNamesItsLine_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("fault");
    const QString expected = u"expected \"name = value\", a [section] or a comment that begins with #"_s;
    QTest::newRow("no equals sign") << QByteArray("[a]\nlisten") << u"f:2: "_s + expected;
    QTest::newRow("no name") << QByteArray("[a]\n = 3") << u"f:2: "_s + expected;
    QTest::newRow("no section") << QByteArray("\nlisten=3") << u"f:2: \"listen\" stands before any [section]"_s;
    QTest::newRow("half a section") << QByteArray("[a") << u"f:1: expected a section such as [http]"_s;
    QTest::newRow("twice") << QByteArray("[a]\nb=1\n[c]\nd=1\n[a]\nb=2")
                           << u"f:6: a.b was set in line 2 already; delete one of them"_s;
    QTest::newRow("not UTF-8") << QByteArray("[a]\nb=\xff") << u"f: is not UTF-8 text"_s;
}

void IniFileTest::aFaultNamesItsLine()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QString, fault);
    QCOMPARE(parseIni(text, u"f"_s).faults, QStringList{fault});
}

void IniFileTest::allFaultsAreTold() { QCOMPARE(parseIni("[a]\nx\ny\n[b\n", u"f"_s).faults.size(), 3); }

void IniFileTest::aFileThatCannotBeReadIsAFault()
{
    const QTemporaryDir directory;
    const QString name = directory.filePath(u"absent.ini"_s);
    QCOMPARE(readIni(name).faults, QStringList{name + u": cannot be read: No such file or directory"_s});
}

void IniFileTest::aHugeFileIsAFault()
{
    const QTemporaryDir directory;
    QFile file(directory.filePath(u"huge.ini"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray((1 << 20) + 1, '#'));
    file.close();
    QCOMPARE(readIni(file.fileName()).faults,
             QStringList{file.fileName() + u": is larger than 1 MiB, which no settings file is"_s});
}

QTEST_GUILESS_MAIN(IniFileTest)
#include "tst_inifile.moc"
