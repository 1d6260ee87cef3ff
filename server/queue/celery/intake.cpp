// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/intake.h"

#include "queue/celery/messagetrace.h"

namespace quoin::celery {

using namespace Qt::StringLiterals;

namespace {

Ending failed(const TaskFault &fault)
{
    Ending ending;
    ending.kind = Ending::Kind::Failed;
    ending.fault = fault;
    ending.reason = fault.message.join(u' ');
    return ending;
}

Ending revoked(const QString &reason)
{
    Ending ending;
    ending.kind = Ending::Kind::Revoked;
    ending.reason = reason;
    return ending;
}

Ending putOff(qint64 due)
{
    Ending ending;
    ending.kind = Ending::Kind::PutOff;
    ending.due = due;
    return ending;
}

Ending unreadable(const Message &message)
{
    Ending ending = failed(TaskFault::failed(Error::invalid(message.refusal)));
    ending.isDeadLetter = message.standing == Standing::Malformed;
    return ending;
}

std::optional<Ending> foregone(const Held &held, const IntakeRules &rules)
{
    const Message &message = held.message;
    if (message.standing != Standing::Sound)
        return unreadable(message);
    const bool isOwn = held.claimed.queue == rules.own;
    if (held.name.isNull() && !isOwn) {
        Ending ending = failed(TaskFault::notRegistered(message.task));
        ending.reason = u"No live plugin knows this task."_s;
        return ending;
    }
    if (rules.isRevoked && rules.isRevoked(message.id))
        return revoked(u"revoked"_s);
    if (message.expires && *message.expires <= rules.now)
        return revoked(u"expired"_s);
    if (message.eta && *message.eta > rules.now)
        return putOff(*message.eta);
    if (held.name.isNull())
        return putOff(rules.now + queue::toMicroseconds(rules.patience));
    return std::nullopt;
}

} // namespace

void takeIn(Held &held, const IntakeRules &rules)
{
    const auto sent = traceOf(held.message);
    held.trace = sent ? *sent : trace::begin();
    held.name = rules.catalogue->canonical(held.message.task);
    held.arguments = held.message.args;
    held.foregone = foregone(held, rules);
    if (held.foregone)
        return;
    const auto bound = bindArguments(held.message, rules.catalogue->find(held.name)->parameters);
    if (bound)
        held.arguments = *bound;
    else
        held.foregone = failed(TaskFault::failed(bound.error()));
}

Result<QByteArray> bindArguments(const Message &message, const QStringList &parameters)
{
    if (message.keywordArguments.isEmpty())
        return message.args;
    const auto refused = [&message](const QString &why) { return Error::invalid(u"%1: %2"_s.arg(message.task, why)); };
    QList<QByteArray> values = message.arguments;
    if (parameters.isEmpty())
        return refused(u"it takes no named arguments, such as '%1'"_s.arg(message.keywordArguments.first().first));
    values.resize(std::max(values.size(), parameters.size()));
    for (const auto &[name, value] : message.keywordArguments) {
        const qsizetype place = parameters.indexOf(name);
        if (place < 0)
            return refused(u"it has no argument '%1'; it has %2"_s.arg(name, parameters.join(u", "_s)));
        if (!values[place].isNull())
            return refused(u"it was given its argument '%1' twice"_s.arg(name));
        values[place] = value;
    }
    while (values.last().isNull()) // what is missing at the end is for the task to say
        values.removeLast();
    if (const qsizetype gap = values.indexOf(QByteArray()); gap >= 0)
        return refused(u"its argument '%1' is missing"_s.arg(parameters.value(gap)));
    return '[' + values.join(", ") + ']';
}

} // namespace quoin::celery
