// SPDX-License-Identifier: GPL-3.0-only
// EventHub, second half: the look at the server.
#include "admin/eventhub.h"
#include "admin/hostjson.h"
#include "pluginplace.h"
#include "queue/taskcounts.h"

#include <QJsonDocument>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace quoin::server {

namespace {

constexpr auto interval = 1000ms;
constexpr qint64 checkInterval = 5000; // milliseconds; a check may ask another machine
constexpr int breath = 10;             // what took this long is left alone ten times as long

Result<qint64> number(Connection &connection, const QString &sql)
{
    auto rows = connection.query(sql);
    if (!rows)
        return rows.error();
    return rows->next() ? Result<qint64>(rows->integer(0)) : Error::notFound(u"There is no row."_s);
}

QString hexadecimal(qint64 number) { return QString::number(static_cast<quint64>(number), 16); }

struct TaskLook
{
    QJsonObject counts;
    qint64 last = 0;
    qint64 finished = 0;
    qint64 attempt = 0; ///< That failed.
};

Result<TaskLook> lookAtTable(Connection &connection)
{
    const auto counts = queue::countTasks(connection, {});
    const auto last = number(connection, u"SELECT max(id) FROM task"_s);
    const auto finished = number(connection, u"SELECT max(finished) FROM task WHERE state IN ('done', 'cancelled')"_s);
    const auto attempt = number(connection, u"SELECT max(id) FROM task_attempt"_s);
    if (!counts)
        return counts.error();
    for (const auto &one : {last, finished, attempt}) {
        if (!one)
            return one.error();
    }
    return TaskLook{countsJson(*counts), *last, *finished, *attempt};
}

QString markOf(const plugins::PluginStatus &plugin, quint64 generation)
{
    plugins::HostStatus one;
    one.plugins.append(plugin);
    one.generation = generation; // a plugin that was started again is news, though it is the same
    return fingerprint(QJsonDocument(one.toJson()).toJson(QJsonDocument::Compact));
}

} // namespace

void EventHub::look()
{
    std::erase_if(m_streams, [](const auto &stream) { return stream.expired(); });
    if (m_streams.empty() || !m_services)
        return; // nobody listens: nothing is looked at
    m_timer.start(interval);
    lookAtHost();
    lookAtPlugins();
    lookAtChecks();
    lookAtTasks();
    lookAtRows(u"audit"_s, u"SELECT max(id) FROM audit"_s);
    if (hasLive(u"records"_s))
        lookAtRows(u"records"_s, u"SELECT max(id) FROM record"_s);
    if (hasLive(u"sip"_s))
        lookAtRows(u"sips"_s, u"SELECT max(id) FROM sip"_s);
    flush();
}

bool EventHub::hasLive(const QString &id) const
{
    const auto all = m_host.plugins();
    return std::ranges::any_of(all, [&id](const plugins::HostedPlugin *plugin) {
        return plugin->id() == id && plugin->state == plugins::HostedPlugin::State::Live;
    });
}

/// Whether it may be asked now: nothing is asked twice at a time.
bool EventHub::begin(const QString &kind)
{
    if (m_asked.contains(kind) || !m_notBefore.value(kind, QDeadlineTimer(0)).hasExpired())
        return false;
    m_asked[kind].start();
    return true;
}

void EventHub::end(const QString &kind, const std::function<void()> &take)
{
    m_notBefore[kind] = QDeadlineTimer(m_asked.take(kind).elapsed() * breath);
    take();
    flush();
}

void EventHub::lookAtHost()
{
    const supervisor::HostBoard &board = m_host.memory->board();
    QByteArray workers;
    for (const supervisor::WorkerRow &row : usableRows(board))
        workers += QByteArray::number(row.pid) + ' ' + QByteArray::number(static_cast<int>(row.phase)) + '\n';
    m_state.set(u"workers"_s, fingerprint(workers), {});
    const auto seconds = supervisor::latestSeconds(board, 1);
    if (!seconds.isEmpty()) {
        QJsonObject data = secondJson(seconds.constFirst());
        if (!m_checks.isEmpty()) // else they are still being run
            data.insert(u"checks"_s, m_checks);
        m_state.setServer(seconds.constFirst().second, data);
    }
}

/// A file of a few kilobytes that the supervisor replaces.
void EventHub::lookAtPlugins()
{
    if (m_host.isSingle || !begin(u"plugins"_s))
        return;
    m_services->run([place = PluginPlace::of(*m_host.settings)] { return place.status(); })
        .then([self = m_self, home = this](const Result<plugins::HostStatus> &status) {
            QMetaObject::invokeMethod(home, [self, status] {
                if (!*self)
                    return;
                (*self)->end(u"plugins"_s, [&] {
                    QMap<QString, QString> marks;
                    for (const auto &plugin : status ? status->plugins : QList<plugins::PluginStatus>())
                        marks.insert(plugin.id, markOf(plugin, status->generation));
                    if (status)
                        (*self)->m_state.setPlugins(marks);
                });
            });
        });
}

void EventHub::lookAtChecks()
{
    if (m_sinceChecks.isValid() && m_sinceChecks.elapsed() < checkInterval)
        return;
    if (!begin(u"checks"_s))
        return;
    m_sinceChecks.start();
    m_services->run([checks = m_host.checks] { return checksJson(checks); })
        .then([self = m_self, home = this](const Result<QJsonArray> &checks) {
            QMetaObject::invokeMethod(home, [self, checks] {
                if (*self)
                    (*self)->end(u"checks"_s, [&] { (*self)->m_checks = checks ? *checks : QJsonArray(); });
            });
        });
}

void EventHub::lookAtRows(const QString &kind, const QString &sql)
{
    if (!begin(kind))
        return;
    m_services->database()
        .read([sql](Connection &connection) { return number(connection, sql); })
        .then([self = m_self, home = this, kind](const Result<qint64> &last) {
            QMetaObject::invokeMethod(home, [self, kind, last] {
                if (!*self)
                    return;
                (*self)->end(kind, [&] {
                    if (last) // else the database is away, which the checks tell
                        (*self)->m_state.set(kind, hexadecimal(*last), {{u"last"_s, *last}});
                });
            });
        });
}

void EventHub::lookAtTasks()
{
    if (!begin(u"tasks"_s))
        return;
    m_services->database()
        .read([](Connection &connection) { return lookAtTable(connection); })
        .then([self = m_self, home = this](const Result<TaskLook> &look) {
            QMetaObject::invokeMethod(home, [self, look] {
                if (!*self)
                    return;
                (*self)->end(u"tasks"_s, [&] {
                    if (!look)
                        return;
                    const QByteArray counts = QJsonDocument(look->counts).toJson(QJsonDocument::Compact);
                    const QString mark = fingerprint(counts + QByteArray::number(look->last) + ' '
                                                     + QByteArray::number(look->finished) + ' '
                                                     + QByteArray::number(look->attempt));
                    (*self)->m_state.set(u"tasks"_s, mark, {{u"counts"_s, look->counts}, {u"changed"_s, mark}});
                });
            });
        });
}

} // namespace quoin::server
