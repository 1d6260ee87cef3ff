// SPDX-License-Identifier: GPL-3.0-only
#include "redis/link.h"

#include <QFile>
#include <QSocketNotifier>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <linux/sockios.h>
#include <poll.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <utility>

using namespace Qt::StringLiterals;

namespace quoin::redis {

namespace {

constexpr std::size_t wholeRead = 16 * 1024;
constexpr std::size_t typicalCommand = 100;

QString words(int error) { return QString::fromLocal8Bit(strerror(error)); }

/// Of the protocol that Redis speaks (redis.io, "RESP protocol description"). hiredis' own formatting costs a short
/// command as much again as all else that is done for it.
void appendHead(std::string &out, char kind, qsizetype count)
{
    char digits[20];
    char *const end = std::to_chars(digits, digits + sizeof digits, count).ptr;
    out.append(1, kind).append(digits, end).append("\r\n");
}

/// The handlers of a notifier may close the link, and must not delete the notifier that called them.
void put(std::unique_ptr<QSocketNotifier> notifier, Link *link)
{
    if (!notifier)
        return;
    notifier->setEnabled(false);
    notifier->disconnect();
    notifier->setParent(link); // with it at the latest
    notifier.release()->deleteLater();
}

} // namespace

void FreeReply::operator()(redisReply *reply) const { freeReplyObject(reply); }

Link::Link(QObject *parent)
    : QObject(parent)
{
}

Link::~Link()
{
    if (m_readNotifier)
        m_readNotifier->setEnabled(false);
    if (m_writeNotifier)
        m_writeNotifier->setEnabled(false);
    if (m_context)
        redisFree(m_context);
}

bool Link::connectToAddress(const QByteArray &address, quint16 port)
{
    if (!take(redisConnectNonBlock(address.constData(), port)))
        return false;
    // For connections that only listen. Its fault, if any, is none of the connection's.
    redisEnableKeepAlive(m_context);
    m_context->err = 0;
    return true;
}

bool Link::connectToSocket(const QString &path)
{
    return take(redisConnectUnixNonBlock(QFile::encodeName(path).constData()));
}

bool Link::take(redisContext *context)
{
    m_context = context;
    if (!context || context->err)
        return false;
    fcntl(context->fd, F_SETFD, FD_CLOEXEC); // hiredis does not ask for it
    m_readNotifier = std::make_unique<QSocketNotifier>(context->fd, QSocketNotifier::Read);
    m_readNotifier->setEnabled(false);
    connect(m_readNotifier.get(), &QSocketNotifier::activated, this, &Link::onReadable);
    m_writeNotifier = std::make_unique<QSocketNotifier>(context->fd, QSocketNotifier::Write);
    connect(m_writeNotifier.get(), &QSocketNotifier::activated, this, &Link::onWritable);
    return true;
}

void Link::close()
{
    put(std::move(m_readNotifier), this);
    put(std::move(m_writeNotifier), this);
    m_tls = {};
    if (m_context)
        redisFree(std::exchange(m_context, nullptr));
}

void Link::append(const QByteArrayList &command)
{
    std::string text;
    text.reserve(typicalCommand);
    appendHead(text, '*', command.size());
    for (const QByteArray &word : command) {
        appendHead(text, '$', word.size());
        text.append(word.constData(), static_cast<std::size_t>(word.size())).append("\r\n");
    }
    redisAppendFormattedCommand(m_context, text.data(), text.size());
    if (!m_waitsForInput)
        m_writeNotifier->setEnabled(true);
}

/// One call of hiredis reads 16 KiB at most. One that came back full is followed by another, though not for ever:
/// others have sockets, too.
bool Link::fill()
{
    const redisReader *const reader = m_context->reader;
    for (int round = 0; round < 64; ++round) {
        const std::size_t before = reader->len;
        if (redisBufferRead(m_context) != REDIS_OK)
            return false;
        if (reader->len - before < wholeRead && !m_tls.hasDecrypted())
            break;
    }
    return true;
}

ReadReply Link::next()
{
    void *reply = nullptr;
    redisGetReplyFromReader(m_context, &reply);
    return ReadReply(static_cast<redisReply *>(reply));
}

bool Link::hasInput() const
{
    pollfd descriptor{m_context->fd, POLLIN, 0};
    return poll(&descriptor, 1, 0) > 0;
}

int Link::inTransit() const
{
    int bytes = 0;
    return ioctl(m_context->fd, SIOCOUTQ, &bytes) == 0 ? bytes : 0; // tcp(7), unix(7)
}

QString Link::fault() const
{
    if (!m_context)
        return u"out of memory"_s;
    if (!m_context->err)
        return {};
    if (m_context->err == REDIS_ERR_IO) {
        if (const QString tls = m_tls.fault(); !tls.isEmpty())
            return tls;
    }
    return QString::fromUtf8(m_context->errstr);
}

void Link::onReadable()
{
    Q_EMIT readable();
    // What TLS wanted to read before it went on writing is here now.
    if (m_context && m_tls.isActive())
        write();
}

void Link::onWritable()
{
    if (!m_isConnected)
        checkConnected();
    else
        write();
}

/// connect(2): a non-blocking one has ended when the socket is writable, and SO_ERROR says how.
void Link::checkConnected()
{
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(m_context->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
        error = errno;
    m_writeNotifier->setEnabled(false);
    if (error != 0) {
        Q_EMIT failed(words(error));
        return;
    }
    m_isConnected = true;
    m_readNotifier->setEnabled(true);
    Q_EMIT connected();
}

void Link::write()
{
    int isDone = 0;
    if (redisBufferWrite(m_context, &isDone) != REDIS_OK) {
        m_writeNotifier->setEnabled(false);
        Q_EMIT failed(fault());
        return;
    }
    m_waitsForInput = !isDone && m_tls.waitsForInput();
    m_writeNotifier->setEnabled(!isDone && !m_waitsForInput);
    if (std::exchange(m_isBacklogged, !isDone))
        Q_EMIT advanced();
}

} // namespace quoin::redis
