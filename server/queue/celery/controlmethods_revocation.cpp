// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/controlmethods.h"

#include "queue/celery/controlviews.h"
#include "queue/celery/controlwords.h"
#include "queue/celery/lamport.h"
#include "queue/celery/node.h"
#include "queue/clock.h"
#include "queue/queuelog.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace quoin::celery {

namespace {

/// As many as Celery's workers keep.
constexpr qsizetype mostRevoked = 50'000;
/// Of an id. Celery's have 36 characters; what is longer can be nobody's key.
constexpr qsizetype longestId = 512;

/// {id: seconds}, or {id: [seconds, id]}, which is how Celery's workers send what they keep. A time that has not come
/// yet would never be forgotten: it counts as now.
QHash<QString, qint64> revokedIn(const QByteArray &json, qint64 now)
{
    QHash<QString, qint64> ids;
    const QJsonObject object = QJsonDocument::fromJson(json).object();
    for (auto entry = object.begin(); entry != object.end() && ids.size() < mostRevoked; ++entry) {
        const QJsonValue value = entry.value();
        const double seconds = value.isArray() ? value.toArray().at(0).toDouble(-1) : value.toDouble(-1);
        const double latest = static_cast<double>(now) / 1e6;
        if (seconds >= 0 && entry.key().size() <= longestId)
            ids.insert(entry.key(), static_cast<qint64>(std::min(seconds, latest) * 1e6));
    }
    return ids;
}

QStringList idsIn(const ControlCommand &command)
{
    QStringList ids = command.texts(u"task_id");
    ids.removeDuplicates();
    ids.removeIf([](const QString &id) { return id.isEmpty() || id.size() > longestId; });
    return ids.mid(0, mostRevoked);
}

} // namespace

ControlMethods::Value ControlMethods::hello(const ControlCommand &command)
{
    const QString from = command.text(u"from_node");
    if (from == m_node.name())
        return QByteArray("null");
    const auto theirs = revokedIn(command.argument(u"revoked"), queue::systemMicroseconds());
    if (!theirs.isEmpty())
        m_node.revoke(theirs);
    return helloValue(m_node.revoked(), m_clock.next());
}

ControlMethods::Value ControlMethods::revoked(const ControlCommand &)
{
    QStringList ids = m_node.revoked().keys();
    ids.sort();
    return namesValue(ids);
}

ControlMethods::Value ControlMethods::revoke(const ControlCommand &command)
{
    const QStringList ids = idsIn(command);
    if (ids.isEmpty())
        return errorValue(u"revoke needs task_id: an id, or a list of ids"_s);
    if (command.flag(u"terminate"))
        return terminateIds(ids);
    QHash<QString, qint64> times;
    for (const QString &id : ids)
        times.insert(id, queue::systemMicroseconds());
    m_node.revoke(times);
    qCInfo(quoinQueue, "tasks revoked by remote control count=%lld", static_cast<long long>(ids.size()));
    return okValue(u"tasks %1 flagged as revoked"_s.arg(ids.join(u", "_s)));
}

ControlMethods::Value ControlMethods::terminate(const ControlCommand &command)
{
    const QStringList ids = idsIn(command);
    return ids.isEmpty() ? errorValue(u"terminate needs task_id: an id, or a list of ids"_s) : terminateIds(ids);
}

/// There are no processes to signal: a task is asked to stop, whatever the signal.
ControlMethods::Value ControlMethods::terminateIds(const QStringList &ids)
{
    QHash<QString, qint64> times;
    for (const QString &id : ids)
        times.insert(id, queue::systemMicroseconds());
    m_node.revoke(times);
    const QStringList stopped = m_node.terminate(ids);
    qCInfo(quoinQueue, "tasks terminated by remote control count=%lld", static_cast<long long>(stopped.size()));
    return okValue(stopped.isEmpty() ? u"terminate: tasks unknown"_s : u"terminate: "_s + stopped.join(u", "_s));
}

ControlMethods::Value ControlMethods::revokeByStampedHeaders(const ControlCommand &)
{
    return errorValue(u"tasks cannot be revoked by stamped headers at this worker; revoke them by id"_s);
}

} // namespace quoin::celery
