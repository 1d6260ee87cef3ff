// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QByteArrayList>
#include <QString>

#include <cerrno>
#include <cstddef>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace quoin::test {

/// The end of a service manager: a socket that hears what the program tells it (sd_notify(3)). One thread.
class TestServiceManager
{
public:
    /// path: of the socket to make; a path, or "@name" for an abstract one.
    explicit TestServiceManager(const QString &path)
        : m_address(path.toLocal8Bit())
        , m_descriptor(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0))
    {
        sockaddr_un name{};
        name.sun_family = AF_UNIX;
        std::memcpy(name.sun_path, m_address.constData(), static_cast<std::size_t>(m_address.size()));
        if (m_address.startsWith('@'))
            name.sun_path[0] = '\0';
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path))
            + static_cast<socklen_t>(m_address.size());
        if (::bind(m_descriptor, reinterpret_cast<const sockaddr *>(&name), size) != 0)
            qFatal("bind %s: %s", m_address.constData(), std::strerror(errno));
    }
    ~TestServiceManager() { ::close(m_descriptor); }
    Q_DISABLE_COPY_MOVE(TestServiceManager)

    /// For NOTIFY_SOCKET.
    QByteArray address() const { return m_address; }

    /// All datagrams so far, in the order in which they came.
    const QByteArrayList &heard()
    {
        char text[4096];
        ssize_t size = 0;
        while ((size = ::recv(m_descriptor, text, sizeof text, 0)) >= 0)
            m_heard.append(QByteArray(text, size));
        return m_heard;
    }
    /// How many of them have this line.
    qsizetype count(QByteArrayView line)
    {
        qsizetype found = 0;
        for (const QByteArray &datagram : heard())
            found += datagram.split('\n').contains(line) ? 1 : 0;
        return found;
    }
    /// What stands behind "NAME=" in the latest that has it.
    QByteArray latest(const QByteArray &name)
    {
        QByteArray value;
        for (const QByteArray &datagram : heard()) {
            for (const QByteArray &line : datagram.split('\n')) {
                if (line.startsWith(name + '='))
                    value = line.sliced(name.size() + 1);
            }
        }
        return value;
    }

private:
    QByteArray m_address;
    int m_descriptor;
    QByteArrayList m_heard;
};

} // namespace quoin::test
