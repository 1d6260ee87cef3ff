// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/controlmethods.h"

#include "queue/celery/controlviews.h"
#include "queue/celery/controlwords.h"
#include "queue/celery/eventstream.h"
#include "queue/celery/lamport.h"
#include "queue/celery/node.h"
#include "queue/celery/resourceusage.h"
#include "queue/queuelog.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QSysInfo>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace quoin::celery {

namespace {

/// The passwords of URLs, as Celery masks them. The node gives none; this is for a setting that nobody thought of.
QString withoutPasswords(QString text)
{
    static const QRegularExpression password(u"(://[^:/@\\s]*:)[^@/\\s]+@"_s);
    return text.replace(password, u"\\1**@"_s);
}

QJsonObject settingsOf(const Node &node, const redis::Url &broker)
{
    QJsonObject settings = node.configuration();
    settings.insert("broker_url"_L1, broker.toDisplayString());
    settings.insert("timezone"_L1, u"UTC"_s);
    for (auto setting = settings.begin(); setting != settings.end(); ++setting) {
        if (setting.value().isString())
            setting.value() = withoutPasswords(setting.value().toString());
    }
    return settings;
}

/// A setting's value in a report: a text as it is, anything else as JSON.
QString shown(const QJsonValue &value)
{
    if (value.isString())
        return value.toString();
    const QByteArray listed = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    return QString::fromUtf8(listed.sliced(1, listed.size() - 2));
}

QString software() { return u"quoin "_s + QCoreApplication::applicationVersion(); }

} // namespace

ControlMethods::Value ControlMethods::ping(const ControlCommand &) { return okValue(u"pong"_s); }

ControlMethods::Value ControlMethods::nothing(const ControlCommand &) { return QByteArray("null"); }

ControlMethods::Value ControlMethods::clock(const ControlCommand &)
{
    return QByteArray("{\"clock\": ") + QByteArray::number(m_clock.value) + '}';
}

ControlMethods::Value ControlMethods::stats(const ControlCommand &)
{
    const NodeFigures figures = m_node.figures();
    StatsView view;
    view.total = figures.total;
    view.pid = QCoreApplication::applicationPid();
    view.clock = m_clock.value;
    view.uptime = m_uptime.elapsed() / 1000;
    view.concurrency = figures.concurrency;
    view.processes = {view.pid};
    view.prefetch = figures.prefetch;
    view.brokerHost = m_broker.socket.isEmpty() ? m_broker.host : m_broker.socket;
    view.brokerUser = m_broker.user;
    view.brokerDatabase = QString::number(m_broker.database);
    view.brokerPort = m_broker.port;
    view.brokerTls = m_broker.tls;
    view.software = software();
    view.resources = resourceUsage();
    return statsValue(view);
}

ControlMethods::Value ControlMethods::conf(const ControlCommand &)
{
    return QJsonDocument(settingsOf(m_node, m_broker)).toJson(QJsonDocument::Compact);
}

ControlMethods::Value ControlMethods::report(const ControlCommand &)
{
    QString text = u"\nsoftware -> %1 (qt:%2)\nplatform -> system:%3 arch:%4 kernel:%5\n\n"_s.arg(
        software(), QString::fromLatin1(qVersion()), QSysInfo::prettyProductName(), QSysInfo::currentCpuArchitecture(),
        QSysInfo::kernelVersion());
    const QJsonObject settings = settingsOf(m_node, m_broker);
    for (auto setting = settings.begin(); setting != settings.end(); ++setting)
        text += setting.key() + ": "_L1 + shown(setting.value()) + u'\n';
    return okValue(text);
}

ControlMethods::Value ControlMethods::enableEvents(const ControlCommand &)
{
    if (!m_events.setTellingOfTasks(true))
        return okValue(u"task events already enabled"_s);
    qCInfo(quoinQueue, "task events enabled by remote control");
    return okValue(u"task events enabled"_s);
}

ControlMethods::Value ControlMethods::disableEvents(const ControlCommand &)
{
    if (!m_events.setTellingOfTasks(false))
        return okValue(u"task events already disabled"_s);
    qCInfo(quoinQueue, "task events disabled by remote control");
    return okValue(u"task events disabled"_s);
}

ControlMethods::Value ControlMethods::heartbeat(const ControlCommand &)
{
    m_events.beat();
    return QByteArray("null");
}

ControlMethods::Value ControlMethods::shutdown(const ControlCommand &)
{
    qCWarning(quoinQueue, "shutdown asked for by remote control");
    m_node.shutDown();
    return {}; // Celery's workers do not answer either.
}

} // namespace quoin::celery
