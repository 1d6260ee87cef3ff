// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/eventwords.h"

#include "queue/celery/isotime.h"
#include "queue/celery/jsonobject.h"
#include "queue/celery/message.h"
#include "queue/celery/packing.h"
#include "queue/celery/pythonrepr.h"

#include <cmath>

using namespace Qt::StringLiterals;

namespace quoin::celery {

namespace {

constexpr qsizetype longestTraceback = 10'000;

/// A finite number with as many digits as matter; JSON has none for the others.
QByteArray real(double value) { return std::isfinite(value) ? QByteArray::number(value, 'g', 6) : QByteArray("0"); }

/// What every event begins with. It ends with type, without which a listening worker ends: see ended().
JsonObject begun(const EventStamp &stamp)
{
    JsonObject event;
    event.addText("hostname", stamp.node).add("pid", stamp.pid).add("clock", stamp.clock);
    return event;
}

QByteArray ended(JsonObject &event, const EventStamp &stamp, QStringView type)
{
    return event.add("timestamp", unixSeconds(stamp.now)).addText("type", type).take();
}

QByteArray time(std::optional<qint64> moment)
{
    return moment ? json::quoted(QString::fromLatin1(isoTime(*moment))) : QByteArray();
}

QStringView typeOf(WorkerEvent type)
{
    switch (type) {
    case WorkerEvent::Online:
        return u"worker-online";
    case WorkerEvent::Heartbeat:
        return u"worker-heartbeat";
    case WorkerEvent::Offline:
        break;
    }
    return u"worker-offline";
}

QByteArray troubled(const EventStamp &stamp, const QString &id, const TaskFault &fault, QStringView type)
{
    JsonObject event = begun(stamp);
    event.addText("uuid", id).addText("exception", QString::fromUtf8(fault.repr()));
    event.addTextOrNull("traceback", QStringView(fault.traceback).left(longestTraceback));
    return ended(event, stamp, type);
}

Broadcast broadcast(QByteArrayView body, QString routingKey, const QString &node, int database)
{
    Delivery delivery;
    delivery.exchange = u"celeryev"_s;
    delivery.routingKey = routingKey;
    const QByteArray headers = JsonObject().addText("hostname", node).take();
    return {"/" + QByteArray::number(database) + ".celeryev/" + routingKey.toLatin1(),
            packedEnvelope(body, headers, delivery)};
}

} // namespace

QByteArray taskReceived(const EventStamp &stamp, const Message &message)
{
    JsonObject event = begun(stamp);
    event.addText("uuid", message.id).addText("name", message.shadow.isEmpty() ? message.task : message.shadow);
    event.addText("args", QString::fromUtf8(message.argsRepr)).addText("kwargs", QString::fromUtf8(message.kwargsRepr));
    event.addTextOrNull("root_id", message.rootId).addTextOrNull("parent_id", message.parentId);
    event.add("retries", message.retries).add("eta", time(message.eta)).add("expires", time(message.expires));
    return ended(event, stamp, u"task-received");
}

QByteArray taskStarted(const EventStamp &stamp, const QString &id)
{
    JsonObject event = begun(stamp);
    return ended(event.addText("uuid", id), stamp, u"task-started");
}

QByteArray taskSucceeded(const EventStamp &stamp, const QString &id, QByteArrayView resultJson,
                         std::chrono::microseconds runtime)
{
    JsonObject event = begun(stamp);
    event.addText("uuid", id).addText("result", QString::fromUtf8(pythonRepr(resultJson)));
    event.add("runtime", unixSeconds(runtime.count()));
    return ended(event, stamp, u"task-succeeded");
}

QByteArray taskFailed(const EventStamp &stamp, const QString &id, const TaskFault &fault)
{
    return troubled(stamp, id, fault, u"task-failed");
}

QByteArray taskRetried(const EventStamp &stamp, const QString &id, const TaskFault &fault)
{
    return troubled(stamp, id, fault, u"task-retried");
}

QByteArray taskRevoked(const EventStamp &stamp, const QString &id, bool terminated, std::optional<int> signal,
                       bool expired)
{
    JsonObject event = begun(stamp);
    event.addText("uuid", id).add("terminated", terminated);
    event.add("signum", signal ? QByteArray::number(*signal) : QByteArray()).add("expired", expired);
    return ended(event, stamp, u"task-revoked");
}

QByteArray taskRejected(const EventStamp &stamp, const QString &id, bool requeue)
{
    JsonObject event = begun(stamp);
    return ended(event.addText("uuid", id).add("requeue", requeue), stamp, u"task-rejected");
}

Broadcast workerEvent(WorkerEvent type, const EventStamp &stamp, const WorkerFacts &facts, int database)
{
    JsonObject event = begun(stamp);
    event.add("freq", secondsValue(facts.every)).add("active", facts.active).add("processed", facts.processed);
    event.add("loadavg", '[' + real(facts.load[0]) + ", " + real(facts.load[1]) + ", " + real(facts.load[2]) + ']');
    event.addText("sw_ident", facts.software).addText("sw_ver", facts.version).addText("sw_sys", facts.system);
    QString routingKey = typeOf(type).toString();
    return broadcast(ended(event, stamp, typeOf(type)), routingKey.replace(u'-', u'.'), stamp.node, database);
}

Broadcast taskEvents(const QByteArrayList &events, const QString &node, int database)
{
    return broadcast('[' + events.join(", ") + ']', u"task.multi"_s, node, database);
}

} // namespace quoin::celery
