// SPDX-License-Identifier: GPL-3.0-only
#include "passedsockets.h"

#include "posix/filedescriptor.h"

#include <QTcpServer>
#include <QTest>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace quoin::server;
using quoin::FileDescriptor;

class PassedSocketsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void socketsAreCountedFromThree();
    void whatIsMeantForAnotherIsNoneOfOurs_data();
    void whatIsMeantForAnotherIsNoneOfOurs();
    void noChildInheritsThem();
    void aListeningSocketHasAnAddress_data();
    void aListeningSocketHasAnAddress();
    void whatCannotBeServedOnIsRefusedWithASentence_data();
    void whatCannotBeServedOnIsRefusedWithASentence();
};

void PassedSocketsTest::socketsAreCountedFromThree()
{
    const auto sockets = passedSockets("42", "3", "http:admin", 42);
    QCOMPARE(sockets.size(), 3);
    QCOMPARE(sockets[0].descriptor, 3);
    QCOMPARE(sockets[0].name, u"http"_s);
    QCOMPARE(sockets[1].name, u"admin"_s);
    QCOMPARE(sockets[2].descriptor, 5);
    QCOMPARE(sockets[2].name, QString());
}

void PassedSocketsTest::whatIsMeantForAnotherIsNoneOfOurs_data()
{
    QTest::addColumn<QByteArray>("pid");
    QTest::addColumn<QByteArray>("count");
    QTest::newRow("nothing") << ""_ba
                             << ""_ba;
    QTest::newRow("another process") << "43"_ba
                                     << "1"_ba;
    QTest::newRow("no process") << ""_ba
                                << "1"_ba;
    QTest::newRow("none") << "42"_ba
                          << "0"_ba;
    QTest::newRow("less than none") << "42"_ba
                                    << "-1"_ba;
    QTest::newRow("no number") << "42"_ba
                               << "one"_ba;
    QTest::newRow("more than anybody passes") << "42"_ba
                                              << "100000"_ba;
}

void PassedSocketsTest::whatIsMeantForAnotherIsNoneOfOurs()
{
    QFETCH(const QByteArray, pid);
    QFETCH(const QByteArray, count);
    QVERIFY(passedSockets(pid, count, {}, 42).isEmpty());
}

void PassedSocketsTest::noChildInheritsThem()
{
    if (::fcntl(3, F_GETFD) < 0)
        QSKIP("descriptor 3 is not open here");
    qputenv("LISTEN_PID", QByteArray::number(::getpid()));
    qputenv("LISTEN_FDS", "1");
    qputenv("LISTEN_FDNAMES", "http");
    QCOMPARE(takePassedSockets().size(), 1);
    QVERIFY(::fcntl(3, F_GETFD) & FD_CLOEXEC);
    for (const char *name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"})
        QVERIFY2(!qEnvironmentVariableIsSet(name), name);
    QVERIFY(takePassedSockets().isEmpty());
}

void PassedSocketsTest::aListeningSocketHasAnAddress_data()
{
    QTest::addColumn<QHostAddress>("host");
    QTest::newRow("IPv4") << QHostAddress(QHostAddress::LocalHost);
    QTest::newRow("IPv6") << QHostAddress(QHostAddress::LocalHostIPv6);
    QTest::newRow("everywhere") << QHostAddress(QHostAddress::AnyIPv4);
}

void PassedSocketsTest::aListeningSocketHasAnAddress()
{
    QFETCH(const QHostAddress, host);
    QTcpServer server;
    if (!server.listen(host))
        QSKIP(qPrintable(server.errorString()));
    const auto address = addressOf({static_cast<int>(server.socketDescriptor()), {}});
    QVERIFY2(address, qPrintable(address ? QString() : address.error().message()));
    QCOMPARE(address->host, host);
    QCOMPARE(address->port, server.serverPort());
}

void PassedSocketsTest::whatCannotBeServedOnIsRefusedWithASentence_data()
{
    QTest::addColumn<int>("family");
    QTest::addColumn<int>("type");
    QTest::addColumn<QString>("why");
    QTest::newRow("Unix") << AF_UNIX << int(SOCK_STREAM) << u"it is a Unix socket"_s;
    QTest::newRow("UDP") << AF_INET << int(SOCK_DGRAM) << u"it is not a TCP socket; use ListenStream="_s;
    QTest::newRow("does not listen") << AF_INET << int(SOCK_STREAM) << u"it does not listen; use Accept=no"_s;
    QTest::newRow("no socket") << -1 << 0 << u"it is no socket"_s;
}

void PassedSocketsTest::whatCannotBeServedOnIsRefusedWithASentence()
{
    QFETCH(const int, family);
    QFETCH(const int, type);
    QFETCH(const QString, why);
    const FileDescriptor descriptor(family < 0 ? ::open("/dev/null", O_RDONLY | O_CLOEXEC)
                                               : ::socket(family, type | SOCK_CLOEXEC, 0));
    QVERIFY(descriptor.isOpen());
    const auto address = addressOf({descriptor.get(), u"web"_s});
    QVERIFY(!address);
    QVERIFY2(address.error().message().contains(why), qPrintable(address.error().message()));
    QVERIFY2(address.error().message().contains(u"(web)"_s), qPrintable(address.error().message()));
}

QTEST_GUILESS_MAIN(PassedSocketsTest)
#include "tst_passedsockets.moc"
