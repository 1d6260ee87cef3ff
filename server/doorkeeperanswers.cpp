// SPDX-License-Identifier: GPL-3.0-only
#include "doorkeeperanswers.h"

using namespace Qt::StringLiterals;

namespace quoin::server::answers {

namespace {

http::Answer challenge(int status, const QByteArray &facts, const QString &detail, std::string_view requestId)
{
    return http::Answer::problem(status, detail, QByteArrayView(requestId.data(), qsizetype(requestId.size())),
                                 {{"WWW-Authenticate"_ba, "Bearer realm=\"quoin\""_ba + facts}});
}

/// A scope that a plugin made up may have characters that have no place between the quotes.
QByteArray scopeFact(const QString &scope)
{
    return scope.contains(u'"') || scope.contains(u'\\') ? QByteArray() : ", scope=\"" + scope.toLatin1() + '"';
}

} // namespace

http::Answer tokenWanted(const QString &scope, std::string_view requestId)
{
    return challenge(
        401, scopeFact(scope),
        u"This needs an access token with the scope %1: send \"Authorization: Bearer TOKEN\"."_s.arg(scope), requestId);
}

http::Answer tokenMalformed(std::string_view requestId)
{
    return challenge(400, ", error=\"invalid_request\""_ba,
                     u"The field Authorization is not \"Bearer\", a space and one token."_s, requestId);
}

http::Answer tokenInvalid(const QString &why, std::string_view requestId)
{
    return challenge(401, ", error=\"invalid_token\""_ba, why, requestId);
}

http::Answer scopeMissing(const QString &token, const QString &scope, std::string_view requestId)
{
    return challenge(403, ", error=\"insufficient_scope\""_ba + scopeFact(scope),
                     u"The access token \"%1\" does not have the scope %2."_s.arg(token, scope), requestId);
}

http::Answer tooManyFailures(int seconds, std::string_view requestId)
{
    return http::Answer::problem(
        429, u"Too many wrong access tokens came from this address. Try again in %1 s."_s.arg(seconds),
        QByteArrayView(requestId.data(), qsizetype(requestId.size())),
        {{"Retry-After"_ba, QByteArray::number(seconds)}});
}

} // namespace quoin::server::answers
