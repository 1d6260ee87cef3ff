// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/result.h"

#include "queue/celery/envelope.h"
#include "queue/celery/isotime.h"
#include "queue/celery/jsonobject.h"

#include "json/check.h"
#include "json/elements.h"
#include "json/members.h"

#include <array>
#include <optional>

using namespace Qt::StringLiterals;

namespace quoin::celery {

namespace {

constexpr qsizetype longestTraceback = 100'000;

/// The members in Celery's order. now: empty for a state that is not final.
QByteArray stored(const char *status, const ResultOwner &owner, QByteArrayView result, const QString &traceback,
                  std::optional<qint64> now)
{
    JsonObject object;
    object.addText("status", QString::fromLatin1(status)).add("result", result);
    object.addTextOrNull("traceback", QStringView(traceback).left(longestTraceback));
    object.add("children", '[' + owner.children.join(", ") + ']');
    object.add("date_done", now ? json::quoted(QString::fromLatin1(isoTime(*now))) : QByteArray());
    object.addText("task_id", owner.id);
    if (!owner.parentId.isEmpty())
        object.addText("parent_id", owner.parentId);
    if (!owner.group.isEmpty())
        object.addText("group_id", owner.group);
    return object.take();
}

std::optional<ResultState> stateNamed(const QString &name)
{
    if (name == "SUCCESS"_L1)
        return ResultState::Success;
    if (name == "FAILURE"_L1)
        return ResultState::Failure;
    if (name == "REVOKED"_L1)
        return ResultState::Revoked;
    if (name == "RETRY"_L1)
        return ResultState::Retry;
    if (name == "STARTED"_L1)
        return ResultState::Started;
    return std::nullopt;
}

QString textOf(QByteArrayView value) { return json::isString(value) ? json::unquoted(value) : QString(); }

} // namespace

// What Python's prepare_exception() wrote. Of values that are no strings their texts are taken.
TaskFault faultOf(QByteArrayView result)
{
    TaskFault fault;
    if (!json::isObject(result))
        return fault;
    constexpr std::array<std::string_view, 3> names{"exc_type", "exc_message", "exc_module"};
    std::array<QByteArrayView, 3> values;
    json::pick(result, names, values);
    fault.type = textOf(values[0]);
    fault.module = textOf(values[2]);
    constexpr qsizetype mostShown = 20;
    const auto parts = json::isArray(values[1]) ? json::elements(values[1], mostShown) : QList{values[1]};
    for (const QByteArrayView part : parts)
        fault.message += json::isString(part) ? json::unquoted(part) : QString::fromUtf8(part);
    if (json::isArray(values[1]))
        fault.values = values[1].toByteArray();
    return fault;
}

ResultOwner ResultOwner::of(const Message &message) { return {message.id, message.parentId, message.group, {}}; }

QByteArray resultKey(QStringView id) { return "celery-task-meta-" + id.toUtf8(); }

QByteArray startedText(const ResultOwner &owner, qint64 pid, const QString &node)
{
    const QByteArray result = JsonObject().add("pid", pid).addText("hostname", node).take();
    return stored("STARTED", owner, result, {}, {});
}

Result<QByteArray> successText(const ResultOwner &owner, QByteArrayView json, qint64 now)
{
    if (const json::Fault fault = json::check(json, json::recordDepth))
        return Error::invalid(u"The result of task %1 is not JSON: %2, at byte %3."_s.arg(owner.id)
                                  .arg(QLatin1StringView(fault.sentence))
                                  .arg(fault.offset));
    if (const QString fault = pythonFault(json); !fault.isEmpty())
        return Error::invalid(u"The result of task %1 cannot be kept for Python: %2"_s.arg(owner.id, fault));
    return stored("SUCCESS", owner, json, {}, now);
}

QByteArray failureText(const ResultOwner &owner, const TaskFault &fault, qint64 now)
{
    return stored("FAILURE", owner, fault.json(), fault.traceback, now);
}

QByteArray retryText(const ResultOwner &owner, const TaskFault &fault)
{
    return stored("RETRY", owner, fault.json(), fault.traceback, {});
}

QByteArray revokedText(const ResultOwner &owner, const QString &reason, qint64 now)
{
    return stored("REVOKED", owner, TaskFault::revoked(reason).json(), {}, now);
}

QString ReadResult::sentence() const
{
    if (state != ResultState::Failure && state != ResultState::Retry && state != ResultState::Revoked)
        return {};
    const QString message = fault.message.join(u", "_s);
    return message.isEmpty() ? fault.type : fault.type + u": "_s + message;
}

Result<ReadResult> parseResult(QByteArrayView text)
{
    if (text.size() > largestMessage || json::check(text, json::largestDepth) || !json::isObject(text.trimmed()))
        return Error::invalid(u"This is no result of Celery: not a JSON object."_s);
    constexpr std::array<std::string_view, 4> names{"status", "result", "traceback", "date_done"};
    std::array<QByteArrayView, 4> values;
    json::pick(text, names, values);
    const auto state = stateNamed(textOf(values[0]));
    if (!state)
        return Error::invalid(u"This is no result of Celery: its status is %1."_s.arg(textOf(values[0]).left(80)));
    ReadResult read;
    read.state = *state;
    read.result = values[1].isEmpty() ? QByteArrayLiteral("null") : values[1].toByteArray();
    if (*state != ResultState::Success && *state != ResultState::Started)
        read.fault = faultOf(values[1]);
    read.fault.traceback = textOf(values[2]);
    read.done = parseIsoTime(textOf(values[3]).left(100).toUtf8()).value_or(0);
    return read;
}

} // namespace quoin::celery
