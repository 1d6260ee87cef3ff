// SPDX-License-Identifier: GPL-3.0-only
#include "settings/listenaddress.h"
#include "settings/settingvalue.h"

#include <QDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::server;

Q_DECLARE_METATYPE(quoin::server::SettingType)

class SettingValueTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void textBecomesAValue_data();
    void textBecomesAValue();
    void whatIsNoValueIsRefused_data();
    void whatIsNoValueIsRefused();
    void aNumberIsWrittenInItsLargestUnit_data();
    void aNumberIsWrittenInItsLargestUnit();
    void passwordsAreNotShown_data();
    void passwordsAreNotShown();
    void aSecretIsNotShown();
    void aPathIsMadeAbsolute();
    void addressesAreUnderstood_data();
    void addressesAreUnderstood();
};

namespace {

SettingKey keyOf(SettingType type)
{
    SettingKey key{.key = u"some.key"_s, .type = type, .defaultText = {}, .help = {}};
    if (type == SettingType::Choice)
        key.choices = {u"debug"_s, u"info"_s};
    if (type == SettingType::Url)
        key.choices = {u"sqlite"_s, u"postgresql+psycopg2"_s};
    if (type == SettingType::Integer)
        key.most = 64;
    return key;
}

} // namespace

void SettingValueTest::textBecomesAValue_data()
{
    using enum SettingType;
    QTest::addColumn<SettingType>("type");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QVariant>("value");
    QTest::newRow("string") << String << u" as it is "_s << QVariant(u" as it is "_s);
    QTest::newRow("integer") << Integer << u"64"_s << QVariant(qint64(64));
    QTest::newRow("true") << Boolean << u"true"_s << QVariant(true);
    QTest::newRow("yes") << Boolean << u"YES"_s << QVariant(true);
    QTest::newRow("1") << Boolean << u"1"_s << QVariant(true);
    QTest::newRow("off") << Boolean << u"off"_s << QVariant(false);
    QTest::newRow("milliseconds") << Duration << u"250ms"_s << QVariant(qint64(250));
    QTest::newRow("seconds") << Duration << u"30s"_s << QVariant(qint64(30'000));
    QTest::newRow("minutes") << Duration << u"5min"_s << QVariant(qint64(300'000));
    QTest::newRow("with a space") << Duration << u"5 min"_s << QVariant(qint64(300'000));
    QTest::newRow("hours") << Duration << u"2h"_s << QVariant(qint64(7'200'000));
    QTest::newRow("days") << Duration << u"7d"_s << QVariant(qint64(604'800'000));
    QTest::newRow("no time") << Duration << u"0"_s << QVariant(qint64(0));
    QTest::newRow("bytes") << Size << u"1048576"_s << QVariant(qint64(1'048'576));
    QTest::newRow("B") << Size << u"12B"_s << QVariant(qint64(12));
    QTest::newRow("KiB") << Size << u"64KiB"_s << QVariant(qint64(65'536));
    QTest::newRow("kB") << Size << u"64kB"_s << QVariant(qint64(64'000));
    QTest::newRow("mib") << Size << u"16mib"_s << QVariant(qint64(16'777'216));
    QTest::newRow("GB") << Size << u"1GB"_s << QVariant(qint64(1'000'000'000));
    QTest::newRow("choice in any case") << Choice << u"INFO"_s << QVariant(u"info"_s);
    QTest::newRow("url") << Url << u"sqlite:////some/where/test.db"_s << QVariant(u"sqlite:////some/where/test.db"_s);
    QTest::newRow("tutorial's url") << Url << u"postgresql+psycopg2://u:p@h:5432/d"_s
                                    << QVariant(u"postgresql+psycopg2://u:p@h:5432/d"_s);
    QTest::newRow("url not set") << Url << u""_s << QVariant(u""_s);
    QTest::newRow("addresses") << Addresses << u"127.0.0.1:5000, [::1]:5000"_s
                               << QVariant(u"127.0.0.1:5000, [::1]:5000"_s);
    QTest::newRow("no addresses") << Addresses << u""_s << QVariant(u""_s);
}

void SettingValueTest::textBecomesAValue()
{
    QFETCH(const SettingType, type);
    QFETCH(const QString, text);
    QFETCH(const QVariant, value);
    const auto parsed = parseSetting(keyOf(type), text);
    QVERIFY2(parsed, qPrintable(parsed.error().message()));
    QCOMPARE(*parsed, value);
}

void SettingValueTest::whatIsNoValueIsRefused_data()
{
    using enum SettingType;
    QTest::addColumn<SettingType>("type");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("fault");
    const QString whole = u"expected a whole number, from 0 to 64"_s;
    QTest::newRow("not a number") << Integer << u"many"_s << whole;
    QTest::newRow("a fraction") << Integer << u"1.5"_s << whole;
    QTest::newRow("hexadecimal") << Integer << u"0x10"_s << whole;
    QTest::newRow("nothing") << Integer << u""_s << whole;
    QTest::newRow("too large") << Integer << u"65"_s << whole;
    QTest::newRow("too small") << Integer << u"-1"_s << whole;
    QTest::newRow("larger than 64 bits") << Integer << u"99999999999999999999"_s << whole;
    QTest::newRow("maybe") << Boolean << u"maybe"_s << u"expected true or false"_s;
    const QString duration = u"expected a duration such as 250ms, 30s or 5min"_s;
    QTest::newRow("no unit") << Duration << u"30"_s << duration;
    QTest::newRow("unknown unit") << Duration << u"30fortnights"_s << duration;
    QTest::newRow("negative") << Duration << u"-1s"_s << duration;
    QTest::newRow("overflow") << Duration << u"999999999999999999d"_s << duration;
    QTest::newRow("size with a unit of time")
        << Size << u"3s"_s << u"expected a size such as 64KiB, 16MiB or 1048576"_s;
    QTest::newRow("choice") << Choice << u"trace"_s << u"expected one of debug, info"_s;
    QTest::newRow("scheme") << Url << u"mysql://h/d"_s
                            << u"expected a URL that begins with sqlite:// or postgresql+psycopg2://"_s;
    QTest::newRow("no url") << Url << u"test.db"_s
                            << u"expected a URL that begins with sqlite:// or postgresql+psycopg2://"_s;
    QTest::newRow("port alone")
        << Addresses << u"5000"_s
        << u"expected an address and a port such as 127.0.0.1:5000 or [::1]:5000, not \"5000\""_s;
}

void SettingValueTest::whatIsNoValueIsRefused()
{
    QFETCH(const SettingType, type);
    QFETCH(const QString, text);
    QFETCH(const QString, fault);
    const auto parsed = parseSetting(keyOf(type), text);
    QVERIFY(!parsed);
    QCOMPARE(parsed.error().message(), fault);
}

void SettingValueTest::aNumberIsWrittenInItsLargestUnit_data()
{
    using enum SettingType;
    QTest::addColumn<SettingType>("type");
    QTest::addColumn<qint64>("number");
    QTest::addColumn<QString>("text");
    QTest::newRow("zero") << Duration << qint64(0) << u"0"_s;
    QTest::newRow("milliseconds") << Duration << qint64(1500) << u"1500ms"_s;
    QTest::newRow("seconds") << Duration << qint64(30'000) << u"30s"_s;
    QTest::newRow("an hour") << Duration << qint64(3'600'000) << u"1h"_s;
    QTest::newRow("KiB") << Size << qint64(65'536) << u"64KiB"_s;
    QTest::newRow("bytes") << Size << qint64(256) << u"256"_s;
    QTest::newRow("integer") << Integer << qint64(60'000) << u"60000"_s;
}

void SettingValueTest::aNumberIsWrittenInItsLargestUnit()
{
    QFETCH(const SettingType, type);
    QFETCH(const qint64, number);
    QFETCH(const QString, text);
    QCOMPARE(writtenNumber(type, number), text);
    QCOMPARE(parseSetting({.key = u"a.b"_s, .type = type, .defaultText = {}, .help = {}}, text)->toLongLong(), number);
}

void SettingValueTest::passwordsAreNotShown_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("shown");
    QTest::newRow("password") << u"postgresql://me:secret@host:5432/db"_s << u"postgresql://me:***@host:5432/db"_s;
    QTest::newRow("with an @") << u"postgresql://me:se@cret@host/db"_s << u"postgresql://me:***@host/db"_s;
    QTest::newRow("with a slash") << u"postgresql://me:se/c:ret@host/db"_s << u"postgresql://me:***@host/db"_s;
    QTest::newRow("no user") << u"redis://:secret@host:6379/0"_s << u"redis://:***@host:6379/0"_s;
    QTest::newRow("a broken URL") << u"postgres ql://me:secret@"_s << u"postgres ql://me:***@"_s;
    QTest::newRow("user alone") << u"postgresql://me@host/db"_s << u"postgresql://me@host/db"_s;
    QTest::newRow("port") << u"redis://host:6379/0"_s << u"redis://host:6379/0"_s;
    QTest::newRow("file") << u"sqlite:////var/lib/quoin.db"_s << u"sqlite:////var/lib/quoin.db"_s;
}

void SettingValueTest::passwordsAreNotShown()
{
    QFETCH(const QString, text);
    QFETCH(const QString, shown);
    QCOMPARE(withoutPasswords(text), shown);
}

void SettingValueTest::aSecretIsNotShown()
{
    const SettingKey key{.key = u"auth.token"_s, .defaultText = {}, .help = {}, .secret = true};
    QCOMPARE(shownSetting(key, u"correct horse"_s), u"***"_s);
    QCOMPARE(shownSetting(key, u""_s), u""_s); // not set is no secret
}

void SettingValueTest::aPathIsMadeAbsolute()
{
    const auto key = keyOf(SettingType::Path);
    QCOMPARE(parseSetting(key, u"var/../data"_s)->toString(), QDir::currentPath() + u"/data"_s);
    QCOMPARE(parseSetting(key, u"/srv/data/"_s)->toString(), u"/srv/data"_s);
}

void SettingValueTest::addressesAreUnderstood_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("addresses"); // empty: refused
    QTest::newRow("one") << u"127.0.0.1:5000"_s << u"127.0.0.1:5000"_s;
    QTest::newRow("IPv6") << u"[::1]:5000"_s << u"[::1]:5000"_s;
    QTest::newRow("several") << u"127.0.0.1:5000 , [::]:80"_s << u"127.0.0.1:5000 [::]:80"_s;
    QTest::newRow("localhost") << u"localhost:0"_s << u"127.0.0.1:0"_s;
    QTest::newRow("a name") << u"example.org:80"_s << u""_s;
    QTest::newRow("no port") << u"127.0.0.1"_s << u""_s;
    QTest::newRow("no address") << u":80"_s << u""_s;
    QTest::newRow("port too large") << u"127.0.0.1:65536"_s << u""_s;
    QTest::newRow("IPv6 without brackets") << u"::1:80"_s << u""_s;
    QTest::newRow("IPv4 in brackets") << u"[127.0.0.1]:80"_s << u""_s;
    QTest::newRow("a comma too many") << u"127.0.0.1:80,"_s << u""_s;
    QTest::newRow("nothing") << u""_s << u""_s;
}

void SettingValueTest::addressesAreUnderstood()
{
    QFETCH(const QString, text);
    QFETCH(const QString, addresses);
    QStringList written;
    if (const auto parsed = parseListenAddresses(text)) {
        for (const auto &address : *parsed)
            written.append(address.toString());
    }
    QCOMPARE(written.join(u' '), addresses);
}

QTEST_GUILESS_MAIN(SettingValueTest)
#include "tst_settingvalue.moc"
