// SPDX-License-Identifier: GPL-3.0-only
// What a proxy says, and nothing that only looks like it.
#include "proxyheaders.h"

#include "http/proxies.h"
#include "http/proxyheader.h"

#include <QRandomGenerator>
#include <QTest>

using namespace quoin::http;
using namespace Qt::StringLiterals;
using Outcome = ProxyHeader::Outcome;

namespace {

std::string_view viewOf(const QByteArray &bytes) { return {bytes.constData(), static_cast<std::size_t>(bytes.size())}; }

QByteArray tlv(quint8 type, qsizetype size)
{
    return QByteArray(1, static_cast<char>(type)) + static_cast<char>(size >> 8) + static_cast<char>(size & 0xFF)
        + QByteArray(size, 'x');
}

} // namespace

class ProxyHeaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void itNamesTheClient_data();
    void itNamesTheClient();
    void whatIsNoHeaderIsMalformed_data();
    void whatIsNoHeaderIsMalformed();
    void nothingIsReadBeyondWhatItMayBe();
    void damageIsNeverMoreThanDamage();
    void networksAreMatchedBitByBit_data();
    void networksAreMatchedBitByBit();
    void whatIsNoNetworkIsRefused_data();
    void whatIsNoNetworkIsRefused();
};

void ProxyHeaderTest::itNamesTheClient_data()
{
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<QByteArray>("client"); // empty: none
    using namespace proxyheaders;
    QTest::newRow("line") << line("192.0.2.7") << "192.0.2.7"_ba;
    QTest::newRow("line, IPv6") << line("2001:db8::1") << "2001:db8::1"_ba;
    QTest::newRow("line, IPv4 in IPv6") << line("::ffff:192.0.2.7") << "::ffff:192.0.2.7"_ba;
    QTest::newRow("the longest of IPv4") << "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n"_ba
                                         << "255.255.255.255"_ba;
    QTest::newRow("ports 0") << "PROXY TCP4 192.0.2.7 192.0.2.8 0 0\r\n"_ba
                             << "192.0.2.7"_ba;
    QTest::newRow("unknown") << "PROXY UNKNOWN\r\n"_ba << QByteArray();
    QTest::newRow("unknown, with what is to be ignored") << "PROXY UNKNOWN of all, some\r\n"_ba << QByteArray();
    QTest::newRow("unknown, the longest") << "PROXY UNKNOWN "_ba + QByteArray(91, 'f') + "\r\n" << QByteArray();
    QTest::newRow("binary") << binary("192.0.2.7") << "192.0.2.7"_ba;
    QTest::newRow("binary, IPv6") << binary("2001:db8::1") << "2001:db8::1"_ba;
    QTest::newRow("binary, and more") << binary("192.0.2.7", tlv(0x02, 40) + tlv(0xE0, 7)) << "192.0.2.7"_ba;
    QTest::newRow("binary, the longest") << binary("192.0.2.7", QByteArray(2048 - 16 - 12, 'x')) << "192.0.2.7"_ba;
    QTest::newRow("health check") << healthCheck() << QByteArray();
    QTest::newRow("health check, of any family") << binary(0x20, 0xFF, "whatever") << QByteArray();
    QTest::newRow("unspecified") << binary(0x21, 0x00) << QByteArray();
    QTest::newRow("unspecified, with a block") << binary(0x21, 0x00, "whatever") << QByteArray();
    QTest::newRow("Unix") << binary(0x21, 0x31, QByteArray(216, 'u')) << QByteArray();
    QTest::newRow("UDP") << binary(0x21, 0x12, QByteArray(12, '\1')) << QByteArray();
}

/// However it is cut into pieces.
void ProxyHeaderTest::itNamesTheClient()
{
    QFETCH(const QByteArray, header);
    QFETCH(const QByteArray, client);
    for (qsizetype size = 0; size < header.size(); ++size) {
        const ProxyHeader begun = ProxyHeader::read(viewOf(header.first(size)));
        QVERIFY2(begun.outcome == Outcome::Partial, QByteArray::number(size) + ' ' + begun.why);
    }
    for (const QByteArray &behind : {QByteArray(), "GET / HTTP/1.1\r\n\r\n"_ba}) {
        const QByteArray bytes = header + behind;
        const ProxyHeader whole = ProxyHeader::read(viewOf(bytes));
        QVERIFY2(whole.outcome == Outcome::Whole, whole.why);
        QCOMPARE(whole.size, static_cast<std::size_t>(header.size()));
        QCOMPARE(whole.client, client);
    }
}

void ProxyHeaderTest::whatIsNoHeaderIsMalformed_data()
{
    QTest::addColumn<QByteArray>("bytes");
    using namespace proxyheaders;
    QTest::newRow("a request") << "G"_ba;
    QTest::newRow("a method that begins so") << "PROXYING / HTTP/1.1\r\n"_ba;
    QTest::newRow("TLS") << QByteArray::fromHex("160301");
    QTest::newRow("lower case") << "proxy TCP4 "_ba;
    QTest::newRow("no protocol") << "PROXY \r\n"_ba;
    QTest::newRow("another protocol") << "PROXY UDP4 192.0.2.7 192.0.2.8 1 2\r\n"_ba;
    QTest::newRow("unknown, glued") << "PROXY UNKNOWNS\r\n"_ba;
    QTest::newRow("no addresses") << "PROXY TCP4\r\n"_ba;
    QTest::newRow("a field less") << "PROXY TCP4 192.0.2.7 192.0.2.8 1\r\n"_ba;
    QTest::newRow("a field more") << "PROXY TCP4 192.0.2.7 192.0.2.8 1 2 3\r\n"_ba;
    QTest::newRow("a space more") << "PROXY TCP4  192.0.2.7 192.0.2.8 1 2\r\n"_ba;
    QTest::newRow("a space at the end") << "PROXY TCP4 192.0.2.7 192.0.2.8 1 2 \r\n"_ba;
    QTest::newRow("a tab") << "PROXY TCP4\t192.0.2.7 192.0.2.8 1 2\r\n"_ba;
    QTest::newRow("a leading zero") << "PROXY TCP4 192.0.02.7 192.0.2.8 1 2\r\n"_ba;
    QTest::newRow("three numbers") << "PROXY TCP4 192.0.2 192.0.2.8 1 2\r\n"_ba;
    QTest::newRow("beyond 255") << "PROXY TCP4 192.0.2.256 192.0.2.8 1 2\r\n"_ba;
    QTest::newRow("a name") << "PROXY TCP4 localhost 192.0.2.8 1 2\r\n"_ba;
    QTest::newRow("the other family") << "PROXY TCP4 ::1 ::1 1 2\r\n"_ba;
    QTest::newRow("the other family, too") << "PROXY TCP6 192.0.2.7 192.0.2.8 1 2\r\n"_ba;
    QTest::newRow("a zone") << "PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n"_ba;
    QTest::newRow("a bad target") << "PROXY TCP4 192.0.2.7 192.0.2.800 1 2\r\n"_ba;
    QTest::newRow("a port beyond") << "PROXY TCP4 192.0.2.7 192.0.2.8 65536 2\r\n"_ba;
    QTest::newRow("a port with a zero") << "PROXY TCP4 192.0.2.7 192.0.2.8 1 02\r\n"_ba;
    QTest::newRow("a port with a sign") << "PROXY TCP4 192.0.2.7 192.0.2.8 +1 2\r\n"_ba;
    QTest::newRow("no port") << "PROXY TCP4 192.0.2.7 192.0.2.8  2\r\n"_ba;
    QTest::newRow("a NUL") << QByteArray("PROXY TCP4 192.0.2.7\0 192.0.2.8 1 2\r\n", 37);
    QTest::newRow("LF alone") << "PROXY UNKNOWN\n"_ba;
    QTest::newRow("CR alone") << "PROXY UNKNOWN\rG"_ba;
    QTest::newRow("a byte too long") << "PROXY UNKNOWN "_ba + QByteArray(92, 'f') + "\r\n";
    QTest::newRow("without an end") << "PROXY UNKNOWN "_ba + QByteArray(93, 'f');
    QTest::newRow("a wrong signature") << QByteArray::fromHex("0D0A0D0A000D0A515549540B");
    QTest::newRow("version 1, binary") << binary(0x11, 0x11, QByteArray(12, '\1')).first(13);
    QTest::newRow("version 3") << binary(0x31, 0x11, QByteArray(12, '\1')).first(13);
    QTest::newRow("another command") << binary(0x22, 0x11, QByteArray(12, '\1'));
    QTest::newRow("another family") << binary(0x21, 0x41, QByteArray(12, '\1'));
    QTest::newRow("another transport") << binary(0x21, 0x13, QByteArray(12, '\1'));
    QTest::newRow("too short for IPv4") << binary(0x21, 0x11, QByteArray(11, '\1'));
    QTest::newRow("too short for IPv6") << binary(0x21, 0x21, QByteArray(35, '\1'));
    QTest::newRow("too short for Unix") << binary(0x21, 0x31, QByteArray(215, '\1'));
    QTest::newRow("too long") << binary("192.0.2.7", QByteArray(2048 - 16 - 12 + 1, 'x')).first(16);
}

void ProxyHeaderTest::whatIsNoHeaderIsMalformed()
{
    QFETCH(const QByteArray, bytes);
    const ProxyHeader header = ProxyHeader::read(viewOf(bytes));
    QCOMPARE(header.outcome, Outcome::Malformed);
    QVERIFY(*header.why);
    QCOMPARE(header.client, QByteArray());
}

void ProxyHeaderTest::nothingIsReadBeyondWhatItMayBe()
{
    // A line is decided within its 107 bytes, a block with its 16th: the rest is never waited for.
    QCOMPARE(ProxyHeader::read(viewOf("PROXY "_ba + QByteArray(100, 'a'))).outcome, Outcome::Partial);
    QCOMPARE(ProxyHeader::read(viewOf("PROXY "_ba + QByteArray(101, 'a'))).outcome, Outcome::Malformed);
}

void ProxyHeaderTest::damageIsNeverMoreThanDamage()
{
    QRandomGenerator random(2607);
    const QByteArrayList good{proxyheaders::line("192.0.2.7"), proxyheaders::line("2001:db8::1"),
                              proxyheaders::binary("192.0.2.7", tlv(0x05, 20)), proxyheaders::binary("2001:db8::1"),
                              proxyheaders::healthCheck()};
    for (int round = 0; round < 100'000; ++round) {
        QByteArray bytes = good[random.bounded(static_cast<int>(good.size()))] + "GET / HTTP/1.1\r\n\r\n";
        for (int i = random.bounded(1, 4); i > 0; --i)
            bytes[random.bounded(static_cast<int>(bytes.size()))] = static_cast<char>(random.bounded(256));
        bytes.truncate(random.bounded(static_cast<int>(bytes.size()) + 1));
        const std::unique_ptr<char[]> exact(new char[static_cast<std::size_t>(bytes.size()) + 1]);
        std::copy(bytes.begin(), bytes.end(), exact.get());
        const ProxyHeader header = ProxyHeader::read({exact.get(), static_cast<std::size_t>(bytes.size())});
        if (header.outcome == Outcome::Whole) {
            QVERIFY(header.size >= 15 && header.size <= static_cast<std::size_t>(bytes.size()));
            QVERIFY(header.client.isEmpty() || !QHostAddress(QString::fromLatin1(header.client)).isNull());
        }
    }
}

void ProxyHeaderTest::networksAreMatchedBitByBit_data()
{
    QTest::addColumn<QString>("networks");
    QTest::addColumn<QByteArray>("address");
    QTest::addColumn<bool>("included");
    QTest::newRow("none") << QString() << "10.0.0.1"_ba << false;
    QTest::newRow("an address") << u"10.0.0.1"_s << "10.0.0.1"_ba << true;
    QTest::newRow("its neighbour") << u"10.0.0.1"_s << "10.0.0.2"_ba << false;
    QTest::newRow("one of several") << u"192.0.2.1, 10.0.0.0/8"_s << "10.9.8.7"_ba << true;
    QTest::newRow("none of several") << u"192.0.2.1,10.0.0.0/8"_s << "11.0.0.0"_ba << false;
    QTest::newRow("last of an odd network") << u"172.16.0.0/12"_s << "172.31.255.255"_ba << true;
    QTest::newRow("first beyond") << u"172.16.0.0/12"_s << "172.32.0.0"_ba << false;
    QTest::newRow("/31") << u"192.0.2.2/31"_s << "192.0.2.3"_ba << true;
    QTest::newRow("/32") << u"192.0.2.2/32"_s << "192.0.2.3"_ba << false;
    QTest::newRow("everybody") << u"0.0.0.0/0"_s << "203.0.113.9"_ba << true;
    QTest::newRow("everybody of the other family") << u"0.0.0.0/0"_s << "2001:db8::1"_ba << false;
    QTest::newRow("everybody whatsoever") << u"::/0"_s << "192.0.2.1"_ba << true;
    QTest::newRow("IPv6") << u"fd00::/8"_s << "fdff::1"_ba << true;
    QTest::newRow("not IPv6") << u"fd00::/8"_s << "fe00::1"_ba << false;
    QTest::newRow("IPv6, an odd network") << u"2001:db8::/33"_s << "2001:db8:8000::"_ba << false;
    QTest::newRow("a Unix socket") << u"::/0"_s << QByteArray() << false;
}

void ProxyHeaderTest::networksAreMatchedBitByBit()
{
    QFETCH(const QString, networks);
    QFETCH(const QByteArray, address);
    const auto proxies = Proxies::parse(networks);
    QVERIFY2(proxies, qPrintable(proxies.error().message()));
    QTEST(proxies->include(address), "included");
}

void ProxyHeaderTest::whatIsNoNetworkIsRefused_data()
{
    QTest::addColumn<QString>("text");
    for (const char *text :
         {"haproxy", "10.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "fd00::/129", "10.0.0.1/8",
          "fd00::1/8", "[::1]", "10.0.0.1:80", "10.0.0.1,,10.0.0.2", ","})
        QTest::newRow(text) << QString::fromLatin1(text);
}

void ProxyHeaderTest::whatIsNoNetworkIsRefused()
{
    QFETCH(const QString, text);
    const auto proxies = Proxies::parse(text);
    QVERIFY(!proxies);
    QVERIFY2(proxies.error().message().contains(u'"'), qPrintable(proxies.error().message()));
}

QTEST_GUILESS_MAIN(ProxyHeaderTest)
#include "tst_proxyheader.moc"
