// SPDX-License-Identifier: GPL-3.0-only
#include "client/eventparser.h"

#include <algorithm>

namespace admin {

QList<ServerEvent> EventParser::feed(const QByteArray &bytes)
{
    QList<ServerEvent> events;
    for (const char c : bytes) {
        const bool endsReturn = m_lastWasReturn && c == '\n';
        m_lastWasReturn = c == '\r';
        if (endsReturn)
            continue; // the second half of a CRLF
        if (c == '\n' || c == '\r')
            takeLine(std::exchange(m_line, {}), events);
        else
            m_line += c;
    }
    return events;
}

void EventParser::reset()
{
    m_line.clear();
    m_name.clear();
    m_data.clear();
    m_nextId = m_lastId;
    m_isFirst = true;
    m_lastWasReturn = m_hasData = false;
}

void EventParser::takeLine(QByteArray line, QList<ServerEvent> &events)
{
    if (std::exchange(m_isFirst, false) && line.startsWith("\xef\xbb\xbf"))
        line.remove(0, 3);
    if (!line.isEmpty()) {
        const auto colon = line.indexOf(':');
        const QByteArray value = colon < 0 ? QByteArray() : line.mid(colon + (line.mid(colon + 1, 1) == " " ? 2 : 1));
        takeField(colon < 0 ? line : line.left(colon), value);
        return;
    }
    m_lastId = m_nextId; // only a complete event counts: one cut off is sent again
    if (m_hasData)
        events << ServerEvent{m_name.isEmpty() ? QByteArray("message") : m_name, m_data};
    m_name.clear();
    m_data.clear();
    m_hasData = false;
}

void EventParser::takeField(const QByteArray &field, const QByteArray &value)
{
    if (field == "data") {
        m_data += m_hasData ? '\n' + value : value;
        m_hasData = true;
    } else if (field == "event") {
        m_name = value;
    } else if (field == "id" && !value.contains('\0')) {
        m_nextId = value;
    } else if (field == "retry" && !value.isEmpty()
               && std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; })) {
        m_retry = std::clamp(value.left(9).toInt(), 100, 60'000);
    }
}

} // namespace admin
