// SPDX-License-Identifier: GPL-3.0-only
// How a message gets from `unacked` back into its queue.
#include "queue/celery/broker.h"

#include "queue/celery/envelope.h"
#include "queue/celery/queuekey.h"
#include "queue/celery/scripts.h"
#include "queue/clock.h"
#include "json/check.h"
#include "json/elements.h"
#include "json/text.h"

#include <QRegularExpression>
#include <QSet>

#include <memory>

namespace quoin::celery {

using namespace Qt::StringLiterals;
using redis::Reply;

namespace {

/// An entry of `unacked`, taken apart.
struct Entry
{
    QByteArray raw, exchange, routingKey;
};

std::optional<Entry> parseEntry(const QByteArray &text)
{
    if (json::check(text, json::largestDepth) || !text.trimmed().startsWith('['))
        return std::nullopt;
    const auto parts = json::elements(text);
    if (parts.size() < 3 || !parts[0].startsWith('{'))
        return std::nullopt;
    const auto string = [](QByteArrayView value) {
        return json::isString(value) ? json::unquoted(value).toUtf8() : QByteArray();
    };
    return Entry{parts[0].toByteArray(), string(parts[1]), string(parts[2])};
}

using Bindings = QHash<QByteArray, QByteArrayList>; // of exchanges

/// "<routing key> 06 16 <pattern> 06 16 <queue>": a direct binding has no pattern, a topic's is a regular expression.
QByteArray queueOf(const Entry &entry, const Bindings &bindings)
{
    QByteArray byPattern;
    for (const QByteArray &member : bindings.value(entry.exchange)) {
        const auto parts = QString::fromUtf8(member).split(u"\x06\x16"_s);
        if (parts.size() != 3)
            continue;
        if (parts[0].toUtf8() == entry.routingKey && parts[1].isEmpty())
            return parts[2].toUtf8();
        const QRegularExpression pattern(parts[1]);
        if (!parts[1].isEmpty() && pattern.match(QString::fromUtf8(entry.routingKey)).hasMatch())
            byPattern = parts[2].toUtf8();
    }
    return byPattern.isEmpty() ? entry.routingKey : byPattern;
}

Push pushOf(const Stray &stray, const Bindings &bindings)
{
    const auto entry = parseEntry(stray.entry);
    const QByteArray queue = entry ? queueOf(*entry, bindings) : QByteArray();
    if (queue.isEmpty())
        return {Push::Where::Dead,
                {},
                deadLetter(u"It was left in `unacked`, and nothing says which queue it came from."_s, {}, stray.entry,
                           queue::systemMicroseconds())};
    const auto message = parseMessage(entry->raw);
    return {Push::Where::Front, queueKey(queue, message ? message->priority : 0), redeliveredEnvelope(entry->raw)};
}

QSet<QByteArray> namedExchanges(const QList<Stray> &strays)
{
    QSet<QByteArray> names;
    for (const Stray &stray : strays) {
        if (const auto entry = parseEntry(stray.entry); entry && !entry->exchange.isEmpty())
            names += entry->exchange;
    }
    return names;
}

/// The arguments of scripts::finish(), whose score is what says that nobody took the message meanwhile.
QByteArrayList finishArguments(const QList<Stray> &strays, const Bindings &bindings)
{
    QByteArrayList arguments{"0"};
    for (const Stray &stray : strays) {
        const Push push = pushOf(stray, bindings);
        arguments << stray.tag << stray.score << (stray.node.isEmpty() ? "-" : stray.node) << ""
                  << ""
                  << "1" << (push.where == Push::Where::Dead ? "dead" : "RPUSH") << push.key << push.text << "0"
                  << "";
    }
    return arguments;
}

} // namespace

void Broker::restore(const QList<Stray> &strays, Answer<int> answer)
{
    const auto finish = [this, strays, answer = std::move(answer)](const Bindings &bindings) {
        m_connection.run(scripts::finish(), {"unacked_index", "unacked", m_owned, "quoin:dead"},
                         finishArguments(strays, bindings), [answer](const Result<Reply> &reply) {
                             if (!reply)
                                 return answer(reply.error());
                             int count = 0;
                             for (const Reply &one : reply->list)
                                 count += one.integer == 1;
                             answer(count);
                         });
    };
    const auto names = namedExchanges(strays);
    if (names.isEmpty())
        return finish({});

    struct Lookup
    {
        Bindings bindings;
        qsizetype open = 0;
    };
    const auto lookup = std::make_shared<Lookup>(); // shared by the answers
    lookup->open = names.size();
    for (const QByteArray &name : names) {
        m_connection.send({"SMEMBERS", bindingKey(name)}, [lookup, name, finish](const Result<Reply> &reply) {
            for (const Reply &member : reply ? reply->list : QList<Reply>())
                lookup->bindings[name] += member.text;
            if (--lookup->open == 0)
                finish(lookup->bindings);
        });
    }
}

QByteArray deadLetter(const QString &reason, const QByteArray &queue, const QByteArray &raw, qint64 now)
{
    const bool isUtf8 = QString::fromUtf8(raw).toUtf8() == raw;
    return "{\"reason\": " + json::quoted(reason) + ", \"queue\": " + json::quoted(QString::fromUtf8(queue))
        + ", \"time\": " + QByteArray::number(now / 1'000'000) + '.'
        + QByteArray::number(now % 1'000'000).rightJustified(6, '0') + (isUtf8 ? ", " : ", \"encoding\": \"latin-1\", ")
        + "\"message\": " + json::quoted(isUtf8 ? QString::fromUtf8(raw) : QString::fromLatin1(raw)) + '}';
}

} // namespace quoin::celery
