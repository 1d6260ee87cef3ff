// SPDX-License-Identifier: GPL-3.0-only
#include "dropfolder.h"

#include "plugins/abicheck.h"
#include "plugins/elffacts.h"
#include "plugins/lint.h"

#include <QRandomGenerator>
#include <QTest>

#include <elf.h>

using namespace Qt::StringLiterals;
using namespace quoin::plugins;

/// Nothing of the bytes runs here, so that they may be anything.
class TestLint final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aGoodPluginPasses();
    void aGoodPluginSaysWhatItWasBuiltWith();
    void everyTruncationIsFound();
    void whatIsNoPluginIsRefused_data();
    void whatIsNoPluginIsRefused();
    void aPluginThatDoesNotFitThisHostIsRefused_data();
    void aPluginThatDoesNotFitThisHostIsRefused();
    void aLibraryTheHostAllowsIsNotRefused();
    void noBytesCanHarmTheReader_data();
    void noBytesCanHarmTheReader();
};

void TestLint::aGoodPluginPasses()
{
    const auto fault = lint(DropFolder::plugin(u"good"_s));
    QVERIFY2(!fault, fault ? qPrintable(fault->reason) : "");
}

void TestLint::aGoodPluginSaysWhatItWasBuiltWith()
{
    const auto facts = readElfFacts(DropFolder::plugin(u"good"_s));
    QVERIFY(facts);
    QCOMPARE(facts->abiNote, hostAbi());
    QVERIFY(facts->needed.contains("libQt6Core.so.6"));
    QCOMPARE(facts->exportCount, 0);
    QVERIFY(facts->hasPluginEntry);
}

void TestLint::everyTruncationIsFound()
{
    const QByteArray good = DropFolder::plugin(u"good"_s);
    QRandomGenerator random(1);
    for (int round = 0; round < 500; ++round) {
        const qsizetype size = random.bounded(static_cast<int>(good.size()));
        QVERIFY2(lint(good.first(size)), qPrintable(QString::number(size)));
    }
    QVERIFY(lint(good.chopped(1)));
}

void TestLint::whatIsNoPluginIsRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("reason");
    const QByteArray good = DropFolder::plugin(u"good"_s);
    const auto with = [&good](qsizetype offset, char byte) {
        QByteArray bytes = good;
        bytes[offset] = byte;
        return bytes;
    };
    QTest::newRow("nothing") << QByteArray() << u"not an ELF file"_s;
    QTest::newRow("text") << QByteArray("#!/bin/sh\nrm -rf /\n").repeated(100) << u"not an ELF file"_s;
    QTest::newRow("32 bits") << with(EI_CLASS, ELFCLASS32) << u"built for another machine"_s;
    QTest::newRow("big endian") << with(EI_DATA, ELFDATA2MSB) << u"built for another machine"_s;
    QTest::newRow("another machine") << with(18, 0x08) << u"built for another machine"_s;
    QTest::newRow("a program") << with(16, ET_EXEC) << u"not a shared library"_s;
    QTest::newRow("no sections") << with(60, 0).replace(61, 1, QByteArray(1, 0)) << u"it has no section table"_s;
    QByteArray renamed = good;
    renamed.replace("qt_plugin_instance", "qt_nothing_instanc");
    QTest::newRow("no entry point") << renamed << u"not a Qt plugin"_s;
    QByteArray unsaid = good;
    unsaid.replace(QByteArray("quoin\0\0\0interface", 17), QByteArray("other\0\0\0interface", 17));
    QTest::newRow("no note") << unsaid << u"it does not say which SDK it was built with"_s;
}

void TestLint::whatIsNoPluginIsRefused()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, reason);
    const auto fault = lint(bytes);
    QVERIFY(fault);
    QVERIFY2(fault->reason.startsWith(reason), qPrintable(fault->reason));
    QVERIFY(!fault->remedy.isEmpty());
}

void TestLint::aPluginThatDoesNotFitThisHostIsRefused_data()
{
    QTest::addColumn<QByteArray>("plugin");
    QTest::addColumn<QString>("reason");
    const QByteArray host
        = "interface=org.quoin.Plugin/1;sdk=1;pointer=8;compiler=gcc12;cxx11=1;stldebug=0;sanitizer=none;qt=6.4.2";
    const auto with = [&host](const char *before, const char *after) {
        return QByteArray(host).replace(before, after);
    };
    QTest::newRow("the same") << host << QString();
    QTest::newRow("another compiler") << with("gcc12", "clang14") << QString();
    QTest::newRow("older SDK") << with("sdk=1", "sdk=0") << QString();
    QTest::newRow("older Qt") << with("6.4.2", "6.2.4") << QString();
    QTest::newRow("later Qt patch") << with("6.4.2", "6.4.9") << QString();
    QTest::newRow("newer SDK") << with("sdk=1", "sdk=3") << u"built for SDK 1.3, this host offers 1.1"_s;
    QTest::newRow("next major") << with("Plugin/1", "Plugin/2") << u"built for SDK 2.1, this host offers 1.1"_s;
    QTest::newRow("no number") << with("sdk=1", "sdk=x") << u"built for SDK 1.x, this host offers 1.1"_s;
    QTest::newRow("newer Qt") << with("6.4.2", "6.8.2") << u"built with Qt 6.8.2, this host runs Qt 6.4.2"_s;
    QTest::newRow("next Qt") << with("6.4.2", "7.0.0") << u"built with Qt 7.0.0, this host runs Qt 6.4.2"_s;
    QTest::newRow("sanitizer") << with("none", "address") << u"built with sanitizer address, this host with none"_s;
    QTest::newRow("checked STL") << with("stldebug=0", "stldebug=1")
                                 << u"built with _GLIBCXX_DEBUG 1, this host with 0"_s;
    QTest::newRow("old string") << with("cxx11=1", "cxx11=0")
                                << u"built with _GLIBCXX_USE_CXX11_ABI 0, this host with 1"_s;
    QTest::newRow("garbage") << QByteArray("\xff;;==;sdk") << u"built for SDK ., this host offers 1.1"_s;
}

void TestLint::aPluginThatDoesNotFitThisHostIsRefused()
{
    QFETCH(QByteArray, plugin);
    QFETCH(QString, reason);
    const auto fault = abiMismatch(
        plugin,
        "interface=org.quoin.Plugin/1;sdk=1;pointer=8;compiler=gcc12;cxx11=1;stldebug=0;sanitizer=none;qt=6.4.2");
    QCOMPARE(fault ? fault->reason : QString(), reason);
}

void TestLint::aLibraryTheHostAllowsIsNotRefused()
{
    const QByteArray bytes = DropFolder::plugin(u"strangelibrary"_s);
    QVERIFY(lint(bytes));
    LintOptions options;
    options.libraries.append(u"libstrange.so"_s);
    QVERIFY(!lint(bytes, options));
}

void TestLint::noBytesCanHarmTheReader_data()
{
    QTest::addColumn<int>("seed");
    for (int seed = 1; seed <= 8; ++seed)
        QTest::addRow("seed %d", seed) << seed;
}

/// Bytes are changed where it hurts most, in the headers and tables, and anywhere. A sanitizer build sees what does not
/// crash.
void TestLint::noBytesCanHarmTheReader()
{
    QFETCH(int, seed);
    const QByteArray good = DropFolder::plugin(u"good"_s);
    QRandomGenerator random(static_cast<quint32>(seed));
    const quint32 interesting[] = {0, 1, 0x7f, 0xff, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff};
    for (int round = 0; round < 400; ++round) {
        QByteArray bytes = good;
        for (int change = random.bounded(1, 12); change > 0; --change) {
            const int region = random.bounded(3);
            const qsizetype span = region == 0 ? 64 : region == 1 ? 2048 : bytes.size();
            qsizetype offset = random.bounded(static_cast<int>(span));
            if (region == 1 && random.bounded(2)) // the section table
                offset = bytes.size() - 1 - offset;
            const quint32 word = random.bounded(2) ? interesting[random.bounded(8)] : random.generate();
            const qsizetype size = std::min<qsizetype>(random.bounded(1, 5), bytes.size() - offset);
            std::memcpy(bytes.data() + offset, &word, static_cast<size_t>(size));
        }
        if (const auto fault = lint(bytes))
            QVERIFY(!fault->reason.isEmpty());
    }
}

QTEST_GUILESS_MAIN(TestLint)
#include "tst_lint.moc"
