// SPDX-License-Identifier: GPL-3.0-only
#include "settings/settingrules.h"

#include "redis/tls.h"
#include "settings/settingkeys.h"

#include <QTemporaryFile>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::server;

class SettingRulesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatDoesNotGoTogetherIsRefused_data();
    void whatDoesNotGoTogetherIsRefused();
    void whatIsForWorkersIsToldToServe();
};

namespace {

Settings resolved(const SettingSources &sources)
{
    auto settings = Settings::resolve(hostSettings({{}, u"/opt/quoin/bin"_s, 2}), sources);
    if (!settings)
        qFatal("%s", qPrintable(settings.error().message()));
    return *std::move(settings);
}

} // namespace

void SettingRulesTest::whatDoesNotGoTogetherIsRefused_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QStringList>("refused");
    const auto idleQueue = [](const QString &what) {
        return u"command line: %1 would be ignored: it is about Celery, and queue.url is not set; set that, or unset this"_s
            .arg(what);
    };
    QTest::newRow("defaults") << QStringList{} << QStringList{};
    QTest::newRow("Redis") << QStringList{u"redis.url=redis://h:6379/0"_s, u"queue.url=redis://h"_s,
                                          u"queue.results=redis://h/1"_s, u"queue.shared=tasks"_s}
                           << QStringList{};
    QTest::newRow("results of no queue") << QStringList{u"queue.results=redis://:secret@h:6379/0"_s}
                                         << QStringList{idleQueue(u"queue.results = \"redis://:***@h:6379/0\""_s)};
    QTest::newRow("queues of no broker") << QStringList{u"queue.consume=a,b"_s}
                                         << QStringList{idleQueue(u"queue.consume = \"a,b\""_s)};
    const auto idle = [](const QString &what, const QString &why) {
        return u"command line: %1 would be ignored: %2"_s.arg(what, why);
    };
    QStringList withoutTls;
    for (const QString &key : {u"redis.url"_s, u"queue.url"_s}) {
        if (!quoin::redis::canTls())
            withoutTls += u"command line: %1 = \"rediss://h:6379/0\": rediss:// needs TLS, which hiredis has from "
                          "version 1.0 on (Debian 13); this build has an older one. Use redis:// over a network you "
                          "trust, or a tunnel"_s.arg(key);
    }
    QTest::newRow("Redis by TLS") << QStringList{u"redis.url=rediss://h:6379/0"_s, u"queue.url=rediss://h:6379/0"_s}
                                  << withoutTls;
    QTest::newRow("one writer") << QStringList{u"database.writers=1"_s} << QStringList{};
    QTest::newRow("writers of SQLite") << QStringList{u"database.writers=4"_s}
                                       << QStringList{idle(u"database.writers = \"4\""_s,
                                                           u"SQLite has one writer; unset it, or use PostgreSQL"_s)};
    QTest::newRow("PostgreSQL tuned") << QStringList{u"database.url=postgresql://h/n"_s, u"database.writers=4"_s,
                                                     u"database.readers=9"_s}
                                      << QStringList{};
    QTest::newRow("SQLite's patience for PostgreSQL")
        << QStringList{u"database.url=postgresql://h/n"_s, u"database.busy_timeout=2s"_s}
        << QStringList{idle(u"database.busy_timeout = \"2s\""_s,
                            u"it is for SQLite, and database.url names PostgreSQL; unset it"_s)};
    QTest::newRow("patience said twice") << QStringList{u"database.url=sqlite:////a.db?timeout=3"_s,
                                                        u"database.busy_timeout=2s"_s}
                                         << QStringList{
                                                idle(u"database.busy_timeout = \"2s\""_s,
                                                     u"the timeout in database.url counts; set one of the two"_s)};
    QTest::newRow("proxies") << QStringList{u"http.proxy_protocol=required"_s, u"http.proxies=10.0.0.0/8, ::1"_s}
                             << QStringList{};
    QTest::newRow("proxies of no protocol")
        << QStringList{u"http.proxies=10.0.0.1"_s}
        << QStringList{idle(u"http.proxies = \"10.0.0.1\""_s,
                            u"what proxies say is believed only with http.proxy_protocol=required"_s)};
    QTest::newRow("a protocol of nobody")
        << QStringList{u"http.proxy_protocol=required"_s}
        << QStringList{
               u"command line: http.proxy_protocol = \"required\" wants http.proxies, the addresses of the proxies"_s};
    QTest::newRow("a proxy by name")
        << QStringList{u"http.proxy_protocol=required"_s, u"http.proxies=haproxy"_s}
        << QStringList{u"command line: http.proxies = \"haproxy\": expected an address or a network such as 192.0.2.1, "
                       "10.0.0.0/8 or fd00::/8, not \"haproxy\""_s};
    QTest::newRow("patience in the URL") << QStringList{u"database.url=sqlite:////a.db?timeout=3"_s} << QStringList{};
}

void SettingRulesTest::whatDoesNotGoTogetherIsRefused()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QStringList, refused);
    SettingSources sources;
    sources.configFile = u"/dev/null"_s;
    for (const QString &argument : arguments)
        sources.arguments.append({argument.section(u'=', 0, 0), argument.section(u'=', 1)});
    QCOMPARE(refusedSettings(resolved(sources)), refused);
}

void SettingRulesTest::whatIsForWorkersIsToldToServe()
{
    SettingSources sources;
    sources.configFile = u"/dev/null"_s;
    QCOMPARE(settingsOfWorkers(resolved(sources)), QStringList());
    sources.environment.insert(u"QUOIN_WORKER_LISTEN"_s, u"127.0.0.1:9808"_s);
    QCOMPARE(
        settingsOfWorkers(resolved(sources)),
        QStringList{u"environment QUOIN_WORKER_LISTEN: worker.listen = \"127.0.0.1:9808\" is for \"quoin worker\"; "
                    "http.listen says where \"quoin serve\" listens"_s});

    QTemporaryFile file; // "quoin worker" may read it, too
    QVERIFY(file.open() && file.write("[worker]\nlisten = 127.0.0.1:9808\n") > 0 && file.flush());
    sources.environment.clear();
    sources.configFile = file.fileName();
    QCOMPARE(resolved(sources).text(u"worker.listen"_s), u"127.0.0.1:9808"_s);
    QCOMPARE(settingsOfWorkers(resolved(sources)), QStringList());
}

QTEST_GUILESS_MAIN(SettingRulesTest)
#include "tst_settingrules.moc"
