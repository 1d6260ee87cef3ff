// SPDX-License-Identifier: GPL-3.0-only
#include "health.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

QJsonObject outcome(const QString &name, const Result<> &result)
{
    QJsonObject object{{u"name"_s, name}, {u"status"_s, result ? u"ok"_s : u"failed"_s}};
    if (!result)
        object.insert(u"detail"_s, result.error().message());
    return object;
}

Response uncached(Response response) { return std::move(response).header("Cache-Control"_ba, "no-store"_ba); }

} // namespace

Health::Health(QList<HealthCheck> checks)
    : m_checks(std::move(checks))
{
}

void Health::describe(Registry &registry)
{
    registry.get(u"/healthz"_s, &Health::live).summary(u"Whether the process lives"_s);
    registry.get(u"/readyz"_s, &Health::ready).summary(u"Whether the server is ready, with each check"_s);
}

Response Health::live(const Request &) const { return uncached(Response::json("{\"status\":\"ok\"}"_ba)); }

Response Health::ready(const Request &) const
{
    QJsonArray checks;
    bool isReady = true;
    const auto report = [&](const QString &name, const Result<> &result, bool isVital = true) {
        isReady = isReady && (result || !isVital);
        checks.append(outcome(name, result));
    };

    report(u"accepting"_s, m_draining ? Result<>(Error::unavailable(u"the server is shutting down"_s)) : Result<>());
    for (const HealthCheck &check : m_checks)
        report(check.name, check.check(), check.isVital);

    const QJsonObject document{{u"status"_s, isReady ? u"ready"_s : u"unavailable"_s}, {u"checks"_s, checks}};
    return uncached(Response::json(QJsonDocument(document).toJson(QJsonDocument::Compact), isReady ? 200 : 503));
}

} // namespace quoin::server
