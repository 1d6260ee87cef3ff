// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/pluginwords.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QStringList>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

QString tr(const char *text, const char *meaning = nullptr, int n = -1)
{
    return QCoreApplication::translate("admin", text, meaning, n);
}

} // namespace

QString pluginStateText(const QString &state) { return QString(state).replace(u'-', u' '); }

Tone pluginStateTone(const QString &state)
{
    if (state == u"live"_s)
        return Tone::Good;
    if (state == u"refused"_s || state == u"quarantined"_s)
        return Tone::Bad;
    if (state == u"rolled-back"_s || state == u"draining"_s)
        return Tone::Warning;
    if (state == u"disabled"_s || state == u"gone"_s)
        return Tone::Neutral;
    return Tone::Info; // on its way: seen, staged, linted, probed, starting
}

QString pluginTitle(const QJsonObject &plugin)
{
    const QString title = plugin[u"title"_s].toString();
    return title.isEmpty() ? plugin[u"id"_s].toString() : title;
}

QString pluginReason(const QJsonObject &fate)
{
    QString text = fate[u"reason"_s].toString();
    if (const QString phase = fate[u"phase"_s].toString(); !phase.isEmpty() && !text.isEmpty())
        text = phase + u": "_s + text;
    if (const QString remedy = fate[u"remedy"_s].toString(); !remedy.isEmpty())
        text += (text.isEmpty() ? u""_s : u" \u2014 "_s) + remedy;
    return text;
}

QString pluginSummary(const QJsonObject &plugin)
{
    QStringList parts;
    if (const auto routes = plugin[u"routes"_s].toArray().size(); routes > 0)
        parts += tr("%Ln route(s)", nullptr, int(routes));
    if (const auto tasks = plugin[u"tasks"_s].toArray().size(); tasks > 0)
        parts += tr("%Ln task(s)", nullptr, int(tasks));
    if (const auto crashes = plugin[u"crashes"_s].toInt(); crashes > 0)
        parts += tr("%Ln crash(es)", nullptr, crashes);
    return parts.join(u", "_s);
}

} // namespace admin
