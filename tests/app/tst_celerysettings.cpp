// SPDX-License-Identifier: GPL-3.0-only
#include "celerysettings.h"
#include "settings/settingkeys.h"

#include <QSysInfo>
#include <QTest>

using namespace quoin;
using namespace quoin::server;
using namespace Qt::StringLiterals;

/// Settings in the words of Celery's queue.
class CelerySettingsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nodesAreNamedAsCeleryNamesThem_data();
    void nodesAreNamedAsCeleryNamesThem();
    void bothQueuesAreConsumedUnlessSomeAreNamed();
    void whatIsNoQueueIsNamed_data();
    void whatIsNoQueueIsNamed();
    void withoutABackendNoResultsAreKept();
    void aNodeIsDeadAfterTheLease();
};

namespace {

Settings settingsWith(const QStringList &lines)
{
    SettingSources sources;
    sources.configFile = u"/dev/null"_s;
    for (const QString &line : QStringList{u"queue.url=redis://127.0.0.1:6379/0"_s} + lines)
        sources.arguments.append({line.section(u'=', 0, 0), line.section(u'=', 1)});
    const auto settings = Settings::resolve(hostSettings({{}, u"/opt/quoin/bin"_s, 2}), sources);
    return settings ? *settings : Settings();
}

} // namespace

void CelerySettingsTest::nodesAreNamedAsCeleryNamesThem_data()
{
    const QString host = QSysInfo::machineHostName();
    QTest::addColumn<QString>("setting");
    QTest::addColumn<bool>("serves");
    QTest::addColumn<int>("index");
    QTest::addColumn<QString>("name");
    QTest::newRow("a worker") << u""_s << false << 0 << u"quoin@"_s + host;
    QTest::newRow("its second process") << u""_s << false << 1 << u"quoin2@"_s + host;
    QTest::newRow("a server") << u""_s << true << 0 << u"quoin-serve@"_s + host;
    QTest::newRow("named") << u"a@%h"_s << false << 0 << u"a@"_s + host;
    QTest::newRow("without a host") << u"a"_s << true << 0 << u"a@"_s + host;
    QTest::newRow("a host of its own") << u"a@b"_s << false << 2 << u"a3@b"_s;
    QTest::newRow("a percent sign") << u"a%%@b%x"_s << false << 0 << u"a%@b%x"_s;
    QTest::newRow("in parts") << u"%n@%n"_s << false << 0 << host.section(u'.', 0, 0) + u'@' + host.section(u'.', 0, 0);
}

void CelerySettingsTest::nodesAreNamedAsCeleryNamesThem()
{
    QFETCH(const QString, setting);
    QFETCH(const bool, serves);
    QFETCH(const int, index);
    QTEST(nodeName(settingsWith({u"queue.node="_s + setting}), serves, index), "name");
}

void CelerySettingsTest::bothQueuesAreConsumedUnlessSomeAreNamed()
{
    using Queues = QByteArrayList;
    const auto queuesOf = [](const QStringList &lines) {
        const auto options = celeryOptions(settingsWith(lines), u"a@b"_s);
        return options ? options->queues : Queues{options.error().message().toUtf8()};
    };
    QCOMPARE(queuesOf({}), (Queues{"celery", "quoin"}));
    QCOMPARE(queuesOf({u"queue.shared=s"_s, u"queue.own=o"_s}), (Queues{"s", "o"}));
    QCOMPARE(queuesOf({u"queue.consume=fast, slow"_s}), (Queues{"fast", "slow"}));
}

void CelerySettingsTest::whatIsNoQueueIsNamed_data()
{
    QTest::addColumn<QString>("line");
    QTest::newRow("one of Celery's priorities") << u"queue.shared=celery\x06\x163"_s;
    QTest::newRow("among several") << u"queue.consume=a,b\x06"_s;
    QTest::newRow("too long") << u"queue.own="_s + QString(300, u'a');
}

void CelerySettingsTest::whatIsNoQueueIsNamed()
{
    QFETCH(const QString, line);
    const auto options = celeryOptions(settingsWith({line}), u"a@b"_s);
    QVERIFY(!options);
    QVERIFY2(options.error().message().contains(line.section(u'=', 0, 0)), qPrintable(options.error().message()));
}

void CelerySettingsTest::withoutABackendNoResultsAreKept()
{
    const auto none = celeryOptions(settingsWith({}), u"a@b"_s);
    QVERIFY(none && !none->results);
    const auto kept = celeryOptions(settingsWith({u"queue.results=redis://127.0.0.1:6379/1"_s}), u"a@b"_s);
    QVERIFY(kept && kept->results);
    QCOMPARE(kept->results->database, 1);
}

void CelerySettingsTest::aNodeIsDeadAfterTheLease()
{
    const auto options = celeryOptions(settingsWith({u"queue.lease=4s"_s}), u"a@b"_s);
    QVERIFY(options);
    QCOMPARE(options->aliveFor, std::chrono::milliseconds(4000));
}

QTEST_GUILESS_MAIN(CelerySettingsTest)
#include "tst_celerysettings.moc"
