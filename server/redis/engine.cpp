// SPDX-License-Identifier: GPL-3.0-only
// Commands and replies.
#include "redis/engine.h"

#include "redis/enginebusy.h"
#include "redis/wire.h"

#include <hiredis/hiredis.h>

using namespace Qt::StringLiterals;

namespace quoin::redis {

void Connection::Engine::send(const QByteArrayList &command, Answer answer)
{
    if (command.isEmpty())
        refuse(std::move(answer), Error::internal(u"Redis: a command without a word was to be sent"_s));
    else if (mayTake(1, answer))
        enqueue(command, std::move(answer));
}

void Connection::Engine::run(const Script &script, const QByteArrayList &keys, const QByteArrayList &arguments,
                             Answer answer)
{
    if (!mayTake(1, answer))
        return;
    const QByteArrayList operands = QByteArrayList{QByteArray::number(keys.size())} + keys + arguments;
    if (!m_scripts.contains(script.sha1)) {
        m_scripts.insert(script.sha1);
        enqueue(QByteArrayList{"EVAL", script.text} + operands, std::move(answer));
        return;
    }
    enqueue(QByteArrayList{"EVALSHA", script.sha1} + operands,
            [this, text = script.text, operands, answer = std::move(answer)](const Result<Reply> &result) {
                if (m_state == State::Open && !result && isUnknownScript(result.error()))
                    enqueue(QByteArrayList{"EVAL", text} + operands, answer);
                else if (answer)
                    answer(result);
            });
}

void Connection::Engine::transaction(const QList<QByteArrayList> &commands, Answer answer)
{
    if (!mayTake(commands.size() + 2, answer))
        return;
    enqueue({"MULTI"}, {}, Pipeline::Role::Begin);
    for (const QByteArrayList &command : commands)
        enqueue(command, {}, Pipeline::Role::Part);
    enqueue({"EXEC"}, std::move(answer), Pipeline::Role::End);
}

/// Whether as many commands can be sent; if not, the answer has been seen to.
bool Connection::Engine::mayTake(qsizetype count, const Answer &answer)
{
    if (m_state != State::Open)
        refuse(answer, Error::unavailable(u"Redis cannot be reached at the moment; try again in a few seconds"_s));
    else if (!m_channels.isEmpty())
        refuse(answer, Error::internal(u"Redis: a connection that subscribes can do nothing else"_s));
    else if (m_pipeline.size() + count > m_options.mostPending)
        refuse(
            answer,
            Error::unavailable(u"%1 commands wait for Redis already; try again in a moment"_s.arg(m_pipeline.size())));
    else
        return true;
    return false;
}

void Connection::Engine::enqueue(const QByteArrayList &command, Answer answer, Pipeline::Role role)
{
    m_link->append(command);
    m_pipeline.push(std::move(answer), m_clock.elapsed(), role);
    watch();
}

void Connection::Engine::refuse(Answer answer, Error error)
{
    if (!answer)
        return;
    m_refused.push_back({std::move(answer), std::move(error)});
    if (m_refused.size() == 1)
        QMetaObject::invokeMethod(this, &Engine::deliverRefused, Qt::QueuedConnection);
}

void Connection::Engine::deliverRefused()
{
    const Busy busy(&m_depth);
    for (const Refused &refused : std::exchange(m_refused, {}))
        refused.answer(refused.error);
}

void Connection::Engine::onReadable()
{
    const Busy busy(&m_depth);
    ++m_arrivals;
    const Link *const link = m_link.get(); // It stays in memory until the event loop turns, and its address with it.
    const bool isIntact = m_link->fill();
    while (m_link.get() == link) {
        const ReadReply reply = m_link->next();
        if (!reply)
            break;
        onReply(*reply);
    }
    if (m_link.get() != link)
        return;
    if (const QString fault = m_link->fault(); !isIntact || !fault.isEmpty())
        lose(fault);
}

void Connection::Engine::onReply(const redisReply &reply)
{
    const Result<Reply> result = toResult(reply);
    if (!m_channels.isEmpty() && takeMessage(result))
        return;
    if (m_pipeline.isEmpty())
        lose(result ? u"it answered what nobody had asked"_s : result.error().message());
    else
        m_pipeline.answer(result);
}

bool Connection::Engine::takeMessage(const Result<Reply> &result)
{
    if (!result || !result->isList() || result->list.size() != 3 || result->list[0].text != "message")
        return false;
    Q_EMIT m_connection->message(result->list[1].text, result->list[2].text);
    return true;
}

} // namespace quoin::redis
