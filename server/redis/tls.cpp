// SPDX-License-Identifier: GPL-3.0-only
#include "redis/tls.h"

#include "redis/tlssession.h"

#include <hiredis/hiredis.h>

#ifdef QUOIN_HIREDIS_TLS
#    include <QHostAddress>

#    include <hiredis/hiredis_ssl.h>
#    include <memory>
#    include <openssl/err.h>
#    include <openssl/ssl.h>
#endif

using namespace Qt::StringLiterals;

namespace quoin::redis {

#ifdef QUOIN_HIREDIS_TLS

namespace {

using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using Session = std::unique_ptr<SSL, decltype(&SSL_free)>;

QString lastWords()
{
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    return reason ? QString::fromUtf8(reason) : QString();
}

/// Why the certificate of the other side is not accepted; empty: it was not that.
QString objection(const SSL *session)
{
    const long verdict = SSL_get_verify_result(session);
    if (verdict == X509_V_OK)
        return {};
    return u"TLS: its certificate is not accepted: %1"_s.arg(QString::fromUtf8(X509_verify_cert_error_string(verdict)));
}

Error unusable(const QString &what, const QString &file)
{
    return Error::unavailable(u"TLS: %1 %2 cannot be used: %3"_s.arg(what, file, lastWords()));
}

Result<> trust(SSL_CTX *context, const QString &authorities)
{
    if (authorities.isEmpty()) {
        SSL_CTX_set_default_verify_paths(context);
        return {};
    }
    if (SSL_CTX_load_verify_locations(context, authorities.toLocal8Bit().constData(), nullptr) != 1)
        return unusable(u"the CA file"_s, authorities);
    return {};
}

Result<> identify(SSL_CTX *context, const Url &url)
{
    if (url.certificate.isEmpty())
        return {};
    if (SSL_CTX_use_certificate_chain_file(context, url.certificate.toLocal8Bit().constData()) != 1)
        return unusable(u"the certificate"_s, url.certificate);
    const QString key = url.key.isEmpty() ? url.certificate : url.key;
    if (SSL_CTX_use_PrivateKey_file(context, key.toLocal8Bit().constData(), SSL_FILETYPE_PEM) != 1)
        return unusable(u"the key"_s, key);
    return {};
}

/// Whose certificate it must be. A name is also told to the server (RFC 6066 section 3 allows no addresses there).
void expect(SSL *session, const QString &host)
{
    const QByteArray name = host.toUtf8();
    if (!QHostAddress(host).isNull()) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), name.constData());
        return;
    }
    SSL_set1_host(session, name.constData());
    SSL_set_tlsext_host_name(session, name.constData());
}

} // namespace

bool canTls() { return true; }

Result<> TlsSession::start(redisContext *context, const Url &url)
{
    ERR_clear_error();
    const Context settings(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    if (!settings)
        return Error::unavailable(u"TLS: %1"_s.arg(lastWords()));
    SSL_CTX_set_min_proto_version(settings.get(), TLS1_2_VERSION);
    SSL_CTX_set_verify(settings.get(), SSL_VERIFY_PEER, nullptr);
    if (auto trusted = trust(settings.get(), url.authorities); !trusted)
        return trusted;
    if (auto identified = identify(settings.get(), url); !identified)
        return identified;

    Session session(SSL_new(settings.get()), SSL_free);
    if (!session)
        return Error::unavailable(u"TLS: %1"_s.arg(lastWords()));
    expect(session.get(), url.host);
    if (redisInitiateSSL(context, session.get()) != REDIS_OK) {
        const QString reason = objection(session.get());
        return Error::unavailable(reason.isEmpty() ? u"TLS: %1"_s.arg(QString::fromUtf8(context->errstr)) : reason);
    }
    m_ssl = session.release();
    return {};
}

bool TlsSession::waitsForInput() const { return m_ssl && SSL_want_read(m_ssl); }

bool TlsSession::hasDecrypted() const { return m_ssl && SSL_pending(m_ssl) > 0; }

QString TlsSession::fault() const
{
    if (!m_ssl)
        return {};
    if (const QString reason = objection(m_ssl); !reason.isEmpty())
        return reason;
    const QString words = lastWords();
    return words.isEmpty() ? QString() : u"TLS: %1"_s.arg(words);
}

#else

bool canTls() { return false; }

Result<> TlsSession::start(redisContext *, const Url &)
{
    return Error::unavailable(
        u"TLS: this build's hiredis (%1.%2) cannot do it; 1.0 can"_s.arg(HIREDIS_MAJOR).arg(HIREDIS_MINOR));
}

bool TlsSession::waitsForInput() const { return false; }

bool TlsSession::hasDecrypted() const { return false; }

QString TlsSession::fault() const { return {}; }

#endif

} // namespace quoin::redis
