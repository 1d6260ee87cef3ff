// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "redis/tlssession.h"
#include "redis/url.h"

#include <QByteArray>
#include <QByteArrayList>
#include <QObject>
#include <QString>

#include <memory>

class QSocketNotifier;
struct redisContext;
struct redisReply;

namespace quoin::redis {

struct FreeReply
{
    void operator()(redisReply *reply) const;
};
using ReadReply = std::unique_ptr<redisReply, FreeReply>;

/// One socket to Redis, in the care of hiredis, which formats, parses and buffers, and never blocks. Its signals may be
/// answered with close(), but not with delete: an own notifier is at work then.
class Link final : public QObject
{
    Q_OBJECT

public:
    explicit Link(QObject *parent = nullptr);
    ~Link() override;

    /// address is numeric. connected() or failed() follows; false: it failed at once, see fault().
    bool connectToAddress(const QByteArray &address, quint16 port);
    bool connectToSocket(const QString &path);
    /// After connected(). The handshake goes on with the first command.
    Result<> startTls(const Url &url) { return m_tls.start(m_context, url); }
    void close();

    void append(const QByteArrayList &command);
    /// Takes what has arrived from the socket. False: see fault().
    bool fill();
    /// The next reply that is complete. Null: there is none, or, if there is a fault(), there never will be.
    ReadReply next();

    bool hasInput() const; ///< Something has arrived that fill() has not taken.
    /// Bytes that the kernel has taken and the other side has not: what falls while a long command is on its way.
    int inTransit() const;
    QString fault() const;

Q_SIGNALS:
    void connected();
    void readable();
    /// A part of what did not fit into the socket before has gone out.
    void advanced();
    void failed(const QString &reason);

private:
    bool take(redisContext *context);
    void onReadable();
    void onWritable();
    void checkConnected();
    void write();

    redisContext *m_context = nullptr;
    std::unique_ptr<QSocketNotifier> m_readNotifier;
    std::unique_ptr<QSocketNotifier> m_writeNotifier;
    TlsSession m_tls;
    bool m_isConnected = false;
    bool m_isBacklogged = false;  ///< The socket did not take all of the last write.
    bool m_waitsForInput = false; ///< TLS has to read before that can go on.
};

} // namespace quoin::redis
