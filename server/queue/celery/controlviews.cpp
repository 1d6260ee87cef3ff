// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/controlviews.h"

#include "queue/celery/envelope.h"
#include "queue/celery/isotime.h"
#include "queue/celery/jsonobject.h"
#include "queue/celery/pythonrepr.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace quoin::celery {

namespace {

/// More than this of one task's arguments is not sent to everybody who asks.
constexpr qsizetype largestShown = 64 * 1024;

QByteArray textValue(const QByteArray &text) { return json::quoted(QString::fromUtf8(text)); }

bool isShownAsIs(const QByteArray &text, bool safe)
{
    return !safe && text.size() <= largestShown && pythonFault(text).isEmpty();
}

QByteArray argsValue(const TaskView &task, bool safe)
{
    if (isShownAsIs(task.args, safe))
        return task.args;
    return textValue(task.argsRepr.isEmpty() ? pythonTupleRepr(task.args) : task.argsRepr);
}

QByteArray kwargsValue(const TaskView &task, bool safe)
{
    if (isShownAsIs(task.kwargs, safe))
        return task.kwargs;
    return textValue(task.kwargsRepr.isEmpty() ? pythonRepr(task.kwargs) : task.kwargsRepr);
}

template <class Items, class Show>
QByteArray list(const Items &items, Show show)
{
    QByteArray text;
    for (const auto &item : items)
        text.append(text.isEmpty() ? "" : ", ").append(show(item));
    return '[' + text + ']';
}

/// kombu's Queue.as_dict(), as a worker with default settings has it.
QByteArray queueValue(const QByteArray &name)
{
    const QString text = QString::fromUtf8(name);
    JsonObject exchange;
    exchange.addText("name", text).addText("type", u"direct").addNull("arguments").add("durable", true);
    exchange.add("passive", false).add("auto_delete", false).addNull("delivery_mode").add("no_declare", false);
    JsonObject queue;
    queue.addText("name", text).add("exchange", exchange.take()).addText("routing_key", text);
    queue.addNull("queue_arguments").addNull("binding_arguments").addNull("consumer_arguments");
    queue.add("durable", true).add("exclusive", false).add("auto_delete", false).add("no_ack", false);
    queue.addNull("alias").add("bindings", QByteArrayLiteral("[]")).addNull("no_declare").addNull("expires");
    queue.addNull("message_ttl").addNull("max_length").addNull("max_length_bytes").addNull("max_priority");
    return queue.take();
}

QByteArray poolValue(const StatsView &stats)
{
    JsonObject pool;
    pool.add("max-concurrency", stats.concurrency);
    pool.add("processes", list(stats.processes, [](qint64 pid) { return QByteArray::number(pid); }));
    pool.addText("max-tasks-per-child", u"N/A").add("put-guarded-by-semaphore", false);
    pool.add("timeouts", QByteArrayLiteral("[0, 0]")).addText("implementation", stats.software);
    return pool.take();
}

QByteArray brokerValue(const StatsView &stats)
{
    JsonObject broker;
    broker.addText("hostname", stats.brokerHost).addTextOrNull("userid", stats.brokerUser);
    broker.addText("virtual_host", stats.brokerDatabase).add("port", stats.brokerPort).add("insist", false);
    broker.add("ssl", stats.brokerTls).addText("transport", u"redis").addNull("connect_timeout");
    broker.add("transport_options", QByteArrayLiteral("{}")).addNull("login_method").addNull("uri_prefix");
    broker.add("heartbeat", 0).addText("failover_strategy", u"round-robin");
    return broker.add("alternates", QByteArrayLiteral("[]")).take();
}

} // namespace

TaskView TaskView::of(const Message &message, const QString &node)
{
    TaskView view;
    view.id = message.id;
    view.name = message.task;
    view.args = message.args;
    view.kwargs = message.kwargs;
    view.argsRepr = message.argsRepr;
    view.kwargsRepr = message.kwargsRepr;
    view.hostname = node;
    view.exchange = message.exchange;
    view.routingKey = message.routingKey;
    view.priority = message.priority;
    view.redelivered = message.redelivered;
    view.eta = message.eta;
    return view;
}

QByteArray taskValue(const TaskView &task, bool safe)
{
    JsonObject delivery;
    delivery.add("exchange", textValue(task.exchange)).add("routing_key", textValue(task.routingKey));
    delivery.add("priority", task.priority).add("redelivered", task.redelivered);
    JsonObject object;
    object.addText("id", task.id).addText("name", task.name);
    object.add("args", argsValue(task, safe)).add("kwargs", kwargsValue(task, safe));
    object.addText("type", task.name).addText("hostname", task.hostname);
    object.add("time_start", task.started ? unixSeconds(*task.started) : QByteArray());
    object.add("acknowledged", task.acknowledged).add("delivery_info", delivery.take());
    return object.add("worker_pid", task.pid ? QByteArray::number(*task.pid) : QByteArray()).take();
}

QByteArray tasksValue(const QList<TaskView> &tasks, bool safe)
{
    return list(tasks, [safe](const TaskView &task) { return taskValue(task, safe); });
}

QByteArray scheduledValue(const QList<TaskView> &tasks)
{
    return list(tasks, [](const TaskView &task) {
        JsonObject object;
        object.add("eta", task.eta ? textValue(isoTime(*task.eta)) : QByteArray());
        return object.add("priority", 6).add("request", taskValue(task)).take();
    });
}

QByteArray queryValue(const QList<QPair<QByteArray, TaskView>> &found)
{
    QByteArray text;
    for (const auto &[state, task] : found) {
        text.append(text.isEmpty() ? "" : ", ").append(json::quoted(task.id)).append(": [");
        text.append(textValue(state)).append(", ").append(taskValue(task)).append(']');
    }
    return '{' + text + '}';
}

QByteArray queuesValue(const QByteArrayList &queues) { return list(queues, queueValue); }

QByteArray statsValue(const StatsView &stats)
{
    QByteArray total;
    for (auto entry = stats.total.cbegin(); entry != stats.total.cend(); ++entry) {
        total.append(total.isEmpty() ? "" : ", ").append(json::quoted(entry.key())).append(": ");
        total.append(QByteArray::number(entry.value()));
    }
    JsonObject object;
    object.add("total", '{' + total + '}').add("pid", stats.pid);
    object.addText("clock", QString::number(stats.clock)).add("uptime", stats.uptime);
    object.add("pool", poolValue(stats)).add("broker", brokerValue(stats));
    object.add("prefetch_count", stats.prefetch).add("rusage", stats.resources);
    return object.addText("software", stats.software).take();
}

QByteArray namesValue(const QStringList &names)
{
    return list(names, [](const QString &name) { return json::quoted(name); });
}

QByteArray confValue(const QJsonObject &settings) { return QJsonDocument(settings).toJson(QJsonDocument::Compact); }

QByteArray helloValue(const QHash<QString, qint64> &revoked, quint64 clock)
{
    QByteArray ids;
    for (auto entry = revoked.cbegin(); entry != revoked.cend(); ++entry) {
        ids.append(ids.isEmpty() ? "" : ", ").append(json::quoted(entry.key())).append(": ");
        ids.append(unixSeconds(entry.value()));
    }
    return JsonObject().add("revoked", '{' + ids + '}').add("clock", clock).take();
}

} // namespace quoin::celery
