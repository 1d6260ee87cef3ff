// SPDX-License-Identifier: GPL-3.0-only
#include "cannedserver.h"

#include <QHostAddress>

#include <utility>

using namespace Qt::StringLiterals;

namespace quoin::test {

CannedServer::CannedServer(Conduct conduct)
    : m_conduct(std::move(conduct))
{
    m_server.listen(QHostAddress::LocalHost);
    QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] {
        while (QTcpSocket *socket = m_server.nextPendingConnection()) {
            ++m_accepted;
            QObject::connect(socket, &QTcpSocket::readyRead, socket,
                             [this, socket] { m_conduct(socket->readAll(), socket); });
            QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        }
    });
}

QString CannedServer::url() const { return u"redis://127.0.0.1:%1"_s.arg(m_server.serverPort()); }

QByteArray CannedServer::replyToEach(const QByteArray &received,
                                     const std::function<QByteArray(const QByteArray &)> &reply)
{
    QByteArray replies;
    const QByteArrayList lines = received.split('\n');
    for (qsizetype i = 0; i + 2 < lines.size(); ++i) {
        if (lines[i].startsWith('*'))
            replies += reply(lines[i + 2].trimmed());
    }
    return replies;
}

} // namespace quoin::test
