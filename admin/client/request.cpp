// SPDX-License-Identifier: GPL-3.0-only
#include "client/request.h"

using namespace Qt::StringLiterals;

namespace admin {

namespace {

// POSIX: nothing is special between single quotes but the quote itself.
QString quoted(QString text) { return u'\'' + text.replace(u'\'', u"'\\''"_s) + u'\''; }

constexpr qsizetype shownBody = 4096; ///< a longer body is named as a file: no terminal takes a plugin of megabytes

QString bodyOption(const Request &request)
{
    const bool isText = request.contentType.startsWith("application/json") || request.contentType.startsWith("text/");
    if (!isText || request.body.size() > shownBody)
        return u" --data-binary @FILE"_s;
    return u" --data-raw "_s + quoted(QString::fromUtf8(request.body));
}

} // namespace

QUrl Request::url(const QUrl &base) const
{
    QUrl url = base;
    url.setPath(base.path(QUrl::FullyEncoded).chopped(base.path().endsWith(u'/') ? 1 : 0) + path, QUrl::StrictMode);
    QStringList parts;
    for (const auto &[name, value] : query)
        parts << segment(name) + u'=' + segment(value);
    if (!parts.isEmpty())
        url.setQuery(parts.join(u'&'), QUrl::StrictMode);
    return url;
}

QString Request::curl(const QUrl &base) const
{
    QString line = u"curl -sS"_s;
    if (method != "GET")
        line += u" -X "_s + QString::fromLatin1(method);
    line += u" -H \"Authorization: Bearer $TOKEN\""_s;
    if (!ifMatch.isNull())
        line += u" -H "_s + quoted(u"If-Match: "_s + QString::fromLatin1(ifMatch));
    if (!body.isEmpty())
        line += u" -H "_s + quoted(u"Content-Type: "_s + QString::fromLatin1(contentType)) + bodyOption(*this);
    return line + u' ' + quoted(url(base).toString(QUrl::FullyEncoded | QUrl::RemoveUserInfo));
}

QString Request::segment(const QString &text) { return QString::fromLatin1(QUrl::toPercentEncoding(text)); }

} // namespace admin
