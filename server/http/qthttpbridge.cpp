// SPDX-License-Identifier: GPL-3.0-only
#include "http/qthttpbridge.h"

#include "http/log.h"

#include <QAbstractHttpServer>
#include <QPointer>
#include <QTcpServer>
#include <QTcpSocket>

#include <cstring>
#include <string>

#include <sys/socket.h>

#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
#    include <QHttpServerResponder>
#endif

namespace quoin::http {

namespace {

/// A connected socket without a network: reads come from a buffer we fill, writes go nowhere.
class VirtualSocket final : public QTcpSocket
{
public:
    VirtualSocket()
    {
        setOpenMode(QIODevice::ReadWrite);
        setSocketState(ConnectedState);
        setPeerAddress(QHostAddress::LocalHost);
        setLocalAddress(QHostAddress::LocalHost);
    }
    /// Unconnected first, or QAbstractSocket would abort a descriptor there is not.
    ~VirtualSocket() override { setSocketState(UnconnectedState); }

    /// Called over and over with the same buffer, whose capacity is kept.
    void show(std::string_view method)
    {
        m_position = 0;
        m_bytes.assign(method).append(" / HTTP/1.1\r\n\r\n");
        Q_EMIT readyRead();
    }

    bool isUsable() const { return state() == ConnectedState && m_position == m_bytes.size(); }

    qint64 readData(char *data, qint64 maximum) override
    {
        const auto size = std::min(static_cast<std::size_t>(maximum), m_bytes.size() - m_position);
        std::memcpy(data, m_bytes.data() + m_position, size);
        m_position += size;
        return static_cast<qint64>(size); // 0 when there is no more, never -1: that would be an error to the module
    }
    qint64 writeData(const char *, qint64 size) override { return size; }
    qint64 bytesAvailable() const override
    {
        return static_cast<qint64>(m_bytes.size() - m_position) + QTcpSocket::bytesAvailable();
    }
    qint64 bytesToWrite() const override { return 0; }
    void disconnectFromHost() override { setSocketState(UnconnectedState); }
    void close() override { disconnectFromHost(); }

private:
    std::string m_bytes;
    std::size_t m_position = 0;
};

/// Hands virtual sockets to the module. Its descriptor is a socket that never listens: no port is open, nobody can
/// connect. It exists because bind() asks for a server that believes to be listening (a must since 6.8, a warning
/// before).
class Feeder final : public QTcpServer
{
public:
    Feeder()
    {
        setSocketDescriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        pauseAccepting();
    }

    void give(QTcpSocket *socket)
    {
        addPendingConnection(socket);
        Q_EMIT newConnection();
    }

    QTcpSocket *nextPendingConnection() override
    {
        QTcpSocket *socket = QTcpServer::nextPendingConnection();
        pauseAccepting(); // the base class resumes at every call
        return socket;
    }
};

class ModuleServer final : public QAbstractHttpServer
{
public:
    Guest *guest = nullptr;
    bool wasCalled = false;

private:
    bool admit()
    {
        wasCalled = true;
        if (guest)
            guest->admitted();
        return true;
    }

#if QT_VERSION < QT_VERSION_CHECK(6, 5, 0)
    bool handleRequest(const QHttpServerRequest &, QTcpSocket *) override { return admit(); }
    void missingHandler(const QHttpServerRequest &, QTcpSocket *) override { }
#elif QT_VERSION < QT_VERSION_CHECK(6, 8, 0)
    bool handleRequest(const QHttpServerRequest &, QHttpServerResponder &) override { return admit(); }
    void missingHandler(const QHttpServerRequest &, QHttpServerResponder &&) override { }
#else
    bool handleRequest(const QHttpServerRequest &, QHttpServerResponder &) override { return admit(); }
    void missingHandler(const QHttpServerRequest &, QHttpServerResponder &) override { }
#endif
};

} // namespace

class QtHttpBridge::Private
{
public:
    Private()
    {
        server.bind(feeder); // the server becomes the feeder's parent
        connectSocket();
    }
    ~Private() { dropSocket(); }

    void connectSocket()
    {
        dropSocket();
        socket = new VirtualSocket;
        feeder->give(socket);
    }

    void dropSocket()
    {
        if (!socket)
            return;
        socket->disconnectFromHost();
        Q_EMIT socket->disconnected(); // the module lets go of what it has for it
        delete socket;
    }

    ModuleServer server;
    Feeder *feeder = new Feeder;
    QPointer<VirtualSocket> socket;
};

QtHttpBridge::QtHttpBridge()
    : m_private(std::make_unique<Private>())
{
}

QtHttpBridge::~QtHttpBridge() = default;

bool QtHttpBridge::offer(std::string_view method, Guest &guest)
{
    if (m_private->server
            .guest) { // a handler turned the event loop; the module is not re-entrant, and need not be asked
        guest.admitted();
        return true;
    }
    m_private->server.guest = &guest;
    m_private->server.wasCalled = false;
    m_private->socket->show(method);
    m_private->server.guest = nullptr;
    if (!m_private->socket->isUsable()) {
        qCWarning(log) << "QtHttpServer closed its virtual socket; it gets a new one";
        m_private->connectSocket();
    }
    return m_private->server.wasCalled;
}

} // namespace quoin::http
