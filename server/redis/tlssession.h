// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "redis/url.h"

#include <quoin/result.h>

struct redisContext;
struct ssl_st; // OpenSSL's SSL

namespace quoin::redis {

/// TLS on one connection. All that depends on the version of hiredis is in its source.
class TlsSession
{
public:
    /// Takes the connected context over for TLS: the certificate is verified against the system's CAs ($SSL_CERT_FILE
    /// and $SSL_CERT_DIR as for every program that uses OpenSSL) or the URL's, and must be for the URL's host.
    Result<> start(redisContext *context, const Url &url);

    bool isActive() const { return m_ssl != nullptr; }
    /// Why the last operation could not go on: there was nothing to read.
    bool waitsForInput() const;
    /// What has been decrypted and not been read: the socket says nothing of it.
    bool hasDecrypted() const;
    /// Why it failed, if it was for TLS; else empty.
    QString fault() const;

private:
    ssl_st *m_ssl = nullptr; ///< The context owns it.
};

} // namespace quoin::redis
