// SPDX-License-Identifier: GPL-3.0-only
#include "redis/connection.h"

#include "redis/engine.h"

#include <utility>

namespace quoin::redis {

Connection::Connection(Url url, ConnectionOptions options, QObject *parent)
    : QObject(parent)
    , m_engine(new Engine(this, std::move(url), std::move(options)))
{
}

Connection::~Connection() { m_engine->retire(); }

void Connection::open() { m_engine->open(); }

void Connection::close() { m_engine->close(); }

bool Connection::isOpen() const { return m_engine->isOpen(); }

QString Connection::trouble() const { return m_engine->trouble(); }

int Connection::pending() const { return m_engine->pending(); }

const Url &Connection::url() const { return m_engine->url(); }

void Connection::send(const QByteArrayList &command, Answer answer) { m_engine->send(command, std::move(answer)); }

void Connection::run(const Script &script, const QByteArrayList &keys, const QByteArrayList &arguments, Answer answer)
{
    m_engine->run(script, keys, arguments, std::move(answer));
}

void Connection::transaction(const QList<QByteArrayList> &commands, Answer answer)
{
    m_engine->transaction(commands, std::move(answer));
}

void Connection::subscribe(const QByteArray &channel) { m_engine->subscribe(channel); }

} // namespace quoin::redis
