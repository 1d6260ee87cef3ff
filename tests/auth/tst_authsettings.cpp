// SPDX-License-Identifier: GPL-3.0-only
#include "settings/authsettings.h"
#include "settings/settingkeys.h"
#include "tokencommand.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::server;

class AuthSettingsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsOpenToEverybody_data();
    void whatIsOpenToEverybody();
    void metricsHaveASettingOfTheirOwn_data();
    void metricsHaveASettingOfTheirOwn();
    void aWorkersMetricsAreOpenByWhereItListens_data();
    void aWorkersMetricsAreOpenByWhereItListens();
    void aDoorToOtherHostsWantsAWriter_data();
    void aDoorToOtherHostsWantsAWriter();
    void aTokenEndsWhenItIsToldTo_data();
    void aTokenEndsWhenItIsToldTo();
    void whatIsNoEndIsRefused_data();
    void whatIsNoEndIsRefused();
};

namespace {

constexpr qint64 now = 1'795'000'000'000'000; // 2026-11-18T11:06:40Z

Settings settings(const QStringList &arguments)
{
    SettingSources sources;
    for (const QString &argument : arguments)
        sources.arguments.append({argument.section(u'=', 0, 0), argument.section(u'=', 1)});
    sources.configFile = u"/dev/null"_s;
    auto resolved = Settings::resolve(hostSettings({{}, u"/usr/bin"_s, 4}), sources);
    if (!resolved)
        qFatal("%s", qPrintable(resolved.error().message()));
    return *std::move(resolved);
}

} // namespace

void AuthSettingsTest::whatIsOpenToEverybody_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QStringList>("open"); // of: none, reading, writing, admin:read, admin
    const QString none, reads = u"records:read"_s, writes = u"records:write"_s;
    const QString beyond = u"http.listen=0.0.0.0:80"_s;
    QTest::newRow("by default") << QStringList() << QStringList{none, reads, writes};
    QTest::newRow("loopback of both kinds")
        << QStringList{u"http.listen=127.0.0.2:1,[::1]:1"_s} << QStringList{none, reads, writes};
    QTest::newRow("other hosts") << QStringList{beyond} << QStringList{none, reads};
    QTest::newRow("other hosts, too") << QStringList{u"http.listen=127.0.0.1:1,192.0.2.1:1"_s}
                                      << QStringList{none, reads};
    QTest::newRow("all may write") << QStringList{beyond, u"auth.anonymous_writes=true"_s}
                                   << QStringList{none, reads, writes};
    QTest::newRow("nobody writes") << QStringList{u"auth.anonymous_writes=false"_s} << QStringList{none, reads};
    const QStringList proxied{u"http.proxy_protocol=required"_s, u"http.proxies=127.0.0.1"_s};
    QTest::newRow("other hosts, through a proxy here") << proxied << QStringList{none, reads};
    QTest::newRow("nobody reads") << QStringList{u"auth.anonymous_reads=false"_s} << QStringList{none, writes};
    QTest::newRow("nobody anything") << QStringList{u"auth.anonymous_reads=false"_s, u"auth.anonymous_writes=false"_s}
                                     << QStringList{none};
}

void AuthSettingsTest::whatIsOpenToEverybody()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QStringList, open);
    const AuthPolicy policy = AuthPolicy::of(settings(arguments));
    for (const QString &scope : {QString(), u"records:read"_s, u"records:write"_s, u"admin:read"_s, u"admin"_s})
        QVERIFY2(policy.isOpen(scope) == open.contains(scope), qPrintable(scope));
    QCOMPARE(policy.isOpen(u"orders:ship"_s), open.contains(u"records:write"_s)); // what does not read, writes
}

void AuthSettingsTest::metricsHaveASettingOfTheirOwn_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<bool>("isOpen");
    const QString beyond = u"http.listen=0.0.0.0:80"_s;
    QTest::newRow("by default") << QStringList() << true;
    QTest::newRow("other hosts") << QStringList{beyond} << false;
    QTest::newRow("other hosts may") << QStringList{beyond, u"auth.anonymous_metrics=true"_s} << true;
    QTest::newRow("nobody") << QStringList{u"auth.anonymous_metrics=false"_s} << false;
    QTest::newRow("nobody reads records") << QStringList{u"auth.anonymous_reads=false"_s} << true;
}

void AuthSettingsTest::metricsHaveASettingOfTheirOwn()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const bool, isOpen);
    QCOMPARE(AuthPolicy::of(settings(arguments)).isOpen(u"metrics:read"_s), isOpen);
}

void AuthSettingsTest::aWorkersMetricsAreOpenByWhereItListens_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<bool>("isOpen");
    const QString here = u"worker.listen=127.0.0.1:9808"_s, beyond = u"worker.listen=127.0.0.1:9808,0.0.0.0:9809"_s;
    QTest::newRow("this host") << QStringList{here} << true;
    QTest::newRow("this host, while web hosts are reached") << QStringList{here, u"http.listen=0.0.0.0:80"_s} << true;
    QTest::newRow("other hosts") << QStringList{beyond} << false;
    QTest::newRow("other hosts may") << QStringList{beyond, u"auth.anonymous_metrics=true"_s} << true;
    QTest::newRow("nobody") << QStringList{here, u"auth.anonymous_metrics=false"_s} << false;
    QTest::newRow("other hosts, through a proxy here")
        << QStringList{here, u"http.proxy_protocol=required"_s, u"http.proxies=127.0.0.1"_s} << false;
}

void AuthSettingsTest::aWorkersMetricsAreOpenByWhereItListens()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const bool, isOpen);
    QCOMPARE(AuthPolicy::of(settings(arguments), u"worker.listen"_s).isOpen(u"metrics:read"_s), isOpen);
}

void AuthSettingsTest::aDoorToOtherHostsWantsAWriter_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("named"); // empty: it is no question
    const auto listening = [](const QString &address) { return u"http.listen = \"%1\""_s.arg(address); };
    QTest::newRow("by default") << QStringList() << QString();
    QTest::newRow("a proxy here") << QStringList{u"http.proxy_protocol=required"_s, u"http.proxies=127.0.0.1"_s}
                                  << u"http.proxies = \"127.0.0.1\""_s;
    QTest::newRow("all addresses") << QStringList{u"http.listen=127.0.0.1:80,0.0.0.0:80"_s}
                                   << listening(u"0.0.0.0:80"_s);
    QTest::newRow("all addresses, IPv6") << QStringList{u"http.listen=[::]:80"_s} << listening(u"[::]:80"_s);
    QTest::newRow("as is meant") << QStringList{u"http.listen=0.0.0.0:80"_s, u"auth.anonymous_writes=true"_s}
                                 << QString();
    QTest::newRow("nobody writes, and nobody could")
        << QStringList{u"http.listen=0.0.0.0:80"_s, u"auth.anonymous_writes=false"_s} << listening(u"0.0.0.0:80"_s);
}

void AuthSettingsTest::aDoorToOtherHostsWantsAWriter()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QString, named);
    const auto door = openDoor(settings(arguments));
    QCOMPARE(door.has_value(), !named.isEmpty());
    for (const QString &said : {u"command line: "_s + named, u"quoin token create"_s, u"auth.anonymous_writes=true"_s})
        QVERIFY(!door || door->contains(said));
}

void AuthSettingsTest::aTokenEndsWhenItIsToldTo_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<qint64>("seconds"); // from now
    QTest::newRow("days") << u"90d"_s << qint64(90 * 86'400);
    QTest::newRow("hours") << u"12h"_s << qint64(12 * 3600);
    QTest::newRow("minutes") << u"30min"_s << qint64(1800);
    QTest::newRow("weeks") << u"2w"_s << qint64(14 * 86'400);
    QTest::newRow("a date") << u"2026-11-19"_s << qint64(46'400);
    QTest::newRow("a time") << u"2026-11-18T11:06:41Z"_s << qint64(1);
    QTest::newRow("a time elsewhere") << u"2026-11-18T12:06:41+01:00"_s << qint64(1);
}

void AuthSettingsTest::aTokenEndsWhenItIsToldTo()
{
    QFETCH(const QString, text);
    QFETCH(const qint64, seconds);
    const auto expiry = expiryOf(text, now);
    QVERIFY2(expiry, qPrintable(expiry.error().message()));
    QCOMPARE(*expiry, now + seconds * 1'000'000);
}

void AuthSettingsTest::whatIsNoEndIsRefused_data()
{
    QTest::addColumn<QString>("text");
    for (const char *text : {"0d", "-1d", "90", "d", "90 d", "1.5d", "9999999d", "tomorrow", "2026-13-01", "2026-11-18",
                             "2020-01-01", "90m"})
        QTest::newRow(text) << QString::fromLatin1(text);
}

void AuthSettingsTest::whatIsNoEndIsRefused()
{
    QFETCH(const QString, text);
    const auto expiry = expiryOf(text, now);
    QVERIFY(!expiry);
    QVERIFY2(expiry.error().message().contains(u'"' + text + u'"'), qPrintable(expiry.error().message()));
}

QTEST_GUILESS_MAIN(AuthSettingsTest)
#include "tst_authsettings.moc"
