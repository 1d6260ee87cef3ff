// SPDX-License-Identifier: GPL-3.0-only
#include "admin/adminjson.h"

#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace quoin::server {

QString apiTime(qint64 microseconds)
{
    constexpr qint64 perSecond = 1'000'000;
    const qint64 fraction = ((microseconds % perSecond) + perSecond) % perSecond;
    const qint64 seconds = (microseconds - fraction) / perSecond;
    return QDateTime::fromSecsSinceEpoch(seconds).toUTC().toString(u"yyyy-MM-ddTHH:mm:ss"_s)
        + u".%1Z"_s.arg(fraction, 6, 10, QChar(u'0'));
}

QString apiTime(const QDateTime &time) { return apiTime(time.toMSecsSinceEpoch() * 1000); }

Response uncached(Response response)
{
    response.addHeader(QByteArrayLiteral("Cache-Control"), QByteArrayLiteral("no-store"));
    return response;
}

Response apiAnswer(const QJsonObject &object, int status)
{
    return uncached(Response::json(QJsonDocument(object).toJson(QJsonDocument::Compact), status));
}

QJsonObject apiList(const QJsonArray &results, const QString &next)
{
    QJsonObject object{{u"results"_s, results}};
    if (!next.isEmpty())
        object.insert(u"next"_s, next);
    return object;
}

} // namespace quoin::server
