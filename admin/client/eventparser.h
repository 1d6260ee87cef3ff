// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QList>

#include <optional>

namespace admin {

/// One event of a stream of server-sent events.
struct ServerEvent
{
    QByteArray name = "message";
    QByteArray data;
};

/// Takes a stream of server-sent events apart, in whatever pieces it comes
/// (https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation).
class EventParser
{
public:
    /// The events that are complete with these bytes.
    QList<ServerEvent> feed(const QByteArray &bytes);
    /// What is to be sent as Last-Event-ID; it stays over reset().
    const QByteArray &lastId() const { return m_lastId; }
    /// The waiting time that the server wishes for, once it said so.
    std::optional<int> retryMilliseconds() const { return m_retry; }
    /// Before a new connection: what was half read is forgotten.
    void reset();
    /// A line longer than any server of ours sends; the stream is then ended and begun anew.
    bool isOverlong() const { return m_line.size() + m_data.size() > 16 * 1024 * 1024; }

private:
    void takeLine(QByteArray line, QList<ServerEvent> &events);
    void takeField(const QByteArray &field, const QByteArray &value);

    QByteArray m_line, m_name, m_data, m_lastId, m_nextId;
    std::optional<int> m_retry;
    bool m_isFirst = true, m_lastWasReturn = false, m_hasData = false;
};

} // namespace admin
