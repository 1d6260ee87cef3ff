// SPDX-License-Identifier: GPL-3.0-only
#include "posix/filedescriptor.h"
#include "servicemanager.h"

#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <cstddef>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace quoin::server;
using namespace std::chrono_literals;
using quoin::FileDescriptor;

namespace {

/// The socket of a service manager.
class Manager
{
public:
    /// "/path", or "@name".
    explicit Manager(const QByteArray &address)
        : m_socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0))
    {
        sockaddr_un name{};
        name.sun_family = AF_UNIX;
        std::memcpy(name.sun_path, address.constData(), static_cast<std::size_t>(address.size()));
        if (address.startsWith('@'))
            name.sun_path[0] = '\0';
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path))
            + static_cast<socklen_t>(address.size());
        if (::bind(m_socket.get(), reinterpret_cast<const sockaddr *>(&name), size) != 0)
            qFatal("bind %s: %s", address.constData(), qPrintable(qt_error_string(errno)));
    }

    /// The next datagram; null if there is none.
    QByteArray heard()
    {
        char text[4096];
        const ssize_t size = ::recv(m_socket.get(), text, sizeof text, 0);
        return size < 0 ? QByteArray() : QByteArray(text, size);
    }

private:
    FileDescriptor m_socket;
};

} // namespace

class ServiceManagerTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup();
    void noticesAreLinesOfTheProtocol();
    void aStatusIsOneLine();
    void theWatchdogIsFedTwiceAsOftenAsItAsks_data();
    void theWatchdogIsFedTwiceAsOftenAsItAsks();
    void theManagerIsToldThroughEitherKindOfAddress_data();
    void theManagerIsToldThroughEitherKindOfAddress();
    void signsOfLifeComeWhileTheLoopTurnsOnly();
    void noChildCanSpeakForUs();
    void withoutAManagerNothingIsTold();
    void aManagerThatIsGoneIsReportedOnce();
};

void ServiceManagerTest::cleanup()
{
    for (const char *name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"})
        qunsetenv(name);
}

void ServiceManagerTest::noticesAreLinesOfTheProtocol()
{
    QCOMPARE(notice::ready(u"Serving"_s), "READY=1\nSTATUS=Serving\n");
    QCOMPARE(notice::status(u"Serving"_s), "STATUS=Serving\n");
    QVERIFY(notice::reloading(1234567us).startsWith("RELOADING=1\nMONOTONIC_USEC=1234567\n"));
    QVERIFY(notice::stopping(31s, u"End"_s).startsWith("STOPPING=1\nEXTEND_TIMEOUT_USEC=31000000\n"));
    QCOMPARE(notice::alive(), "WATCHDOG=1\n");
}

void ServiceManagerTest::aStatusIsOneLine()
{
    QCOMPARE(notice::status(u"Cannot start: no\nREADY=1"_s), "STATUS=Cannot start: no READY=1\n");
}

void ServiceManagerTest::theWatchdogIsFedTwiceAsOftenAsItAsks_data()
{
    QTest::addColumn<QByteArray>("usec");
    QTest::addColumn<QByteArray>("pid");
    QTest::addColumn<qint64>("milliseconds");
    const QByteArray self = QByteArray::number(::getpid());
    QTest::newRow("ours") << "30000000"_ba << self << qint64(15'000);
    QTest::newRow("anybody's") << "30000000"_ba
                               << ""_ba << qint64(15'000);
    QTest::newRow("another process'") << "30000000"_ba
                                      << "1"_ba << qint64(0);
    QTest::newRow("not asked for") << ""_ba << self << qint64(0);
    QTest::newRow("no number") << "soon"_ba << self << qint64(0);
    QTest::newRow("negative") << "-5000000"_ba << self << qint64(0);
    QTest::newRow("hardly possible") << "10"_ba << self << qint64(1);
}

void ServiceManagerTest::theWatchdogIsFedTwiceAsOftenAsItAsks()
{
    QFETCH(const QByteArray, usec);
    QFETCH(const QByteArray, pid);
    QFETCH(const qint64, milliseconds);
    QCOMPARE(qint64(watchdogInterval(usec, pid, ::getpid()).count()), milliseconds);
}

void ServiceManagerTest::theManagerIsToldThroughEitherKindOfAddress_data()
{
    QTest::addColumn<bool>("isAbstract");
    QTest::newRow("in the file system") << false;
    QTest::newRow("abstract") << true;
}

void ServiceManagerTest::theManagerIsToldThroughEitherKindOfAddress()
{
    QFETCH(const bool, isAbstract);
    const QTemporaryDir folder;
    const QByteArray address = isAbstract ? "@quoin-test-" + QByteArray::number(::getpid())
                                          : folder.filePath(u"notify"_s).toLocal8Bit();
    Manager manager(address);
    qputenv("NOTIFY_SOCKET", address);
    ServiceManager told;
    QVERIFY(told.isListening());
    told.ready(u"Serving"_s);
    QCOMPARE(manager.heard(), notice::ready(u"Serving"_s));
    told.reloading();
    static const QRegularExpression reloading(u"^RELOADING=1\nMONOTONIC_USEC=[0-9]{3,}\nSTATUS=[^\n]+\n$"_s);
    QVERIFY(reloading.match(QString::fromUtf8(manager.heard())).hasMatch());
    told.stopping(40s);
    QVERIFY(manager.heard().startsWith("STOPPING=1\nEXTEND_TIMEOUT_USEC=40000000\n"));
}

void ServiceManagerTest::signsOfLifeComeWhileTheLoopTurnsOnly()
{
    const QByteArray address = "@quoin-test-" + QByteArray::number(::getpid());
    Manager manager(address);
    qputenv("NOTIFY_SOCKET", address);
    qputenv("WATCHDOG_USEC", "20000");
    qputenv("WATCHDOG_PID", QByteArray::number(::getpid()));
    ServiceManager told;
    QTRY_COMPARE(manager.heard(), "WATCHDOG=1\n");
    QTRY_COMPARE(manager.heard(), "WATCHDOG=1\n");
    while (!manager.heard().isEmpty()) { }
    QTest::qSleep(100); // five times what is allowed, without the loop
    QCOMPARE(manager.heard(), QByteArray());
}

void ServiceManagerTest::noChildCanSpeakForUs()
{
    qputenv("NOTIFY_SOCKET", "@quoin-test");
    qputenv("WATCHDOG_USEC", "30000000");
    qputenv("WATCHDOG_PID", "1");
    const ServiceManager told;
    for (const char *name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"})
        QVERIFY2(!qEnvironmentVariableIsSet(name), name);
}

void ServiceManagerTest::withoutAManagerNothingIsTold()
{
    ServiceManager none;
    QVERIFY(!none.isListening());
    none.ready(u"Serving"_s); // and no warning: the next test would see one

    qputenv("NOTIFY_SOCKET", "vsock:2:1234");
    QVERIFY(!ServiceManager().isListening());
}

void ServiceManagerTest::aManagerThatIsGoneIsReportedOnce()
{
    qputenv("NOTIFY_SOCKET", "/nowhere/notify");
    ServiceManager told;
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"the service manager cannot be told how it goes error=.*"_s));
    told.ready(u"Serving"_s);
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    told.ready(u"Serving"_s);
}

QTEST_GUILESS_MAIN(ServiceManagerTest)
#include "tst_servicemanager.moc"
