// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/result.h>

#include <QString>

namespace quoin::redis {

/// Where a Redis is and who we are there: what a URL of redis-py or Celery says. A value; any thread.
struct Url
{
    QString host; ///< A name or an address; empty if there is a socket.
    quint16 port = 6379;
    QString socket;   ///< Path of a Unix socket, else empty.
    QString user;     ///< Empty: Redis' default user.
    QString password; ///< Empty: none is asked for.
    int database = 0;
    bool tls = false;    ///< See canTls().
    QString authorities; ///< File of the CA certificates to trust; empty: those of the system.
    QString certificate; ///< File of our own certificate and its key, where Redis asks for one.
    QString key;

    /// redis://USER:PASSWORD@HOST:PORT/DATABASE, of which only the scheme must be there (then 127.0.0.1:6379/0), and
    /// rediss:// for TLS; for a Unix socket Celery's redis+socket:///PATH?virtual_host=DATABASE (or socket://) and
    /// redis-py's unix:///PATH?db=DATABASE. What is special in a URL is percent-encoded. TLS options as in redis-py:
    /// ssl_ca_certs, ssl_certfile, ssl_keyfile, ssl_cert_reqs=required. Options that tune redis-py's own client
    /// (socket_timeout, ...) are taken and mean nothing here. Invalid says what is wrong, without the password.
    static Result<Url> parse(const QString &text);

    /// For logs: the password is "***".
    QString toDisplayString() const;
};

} // namespace quoin::redis
