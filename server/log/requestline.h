// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "http/accesssink.h"
#include "log/logformat.h"
#include "trace/context.h"

#include <array>

namespace quoin::server {

/// One finished exchange, for the log. It keeps copies, all in one allocation, since it is made on the event loop for
/// every request.
class RequestLine
{
public:
    explicit RequestLine(const http::AccessRecord &record);

    std::chrono::system_clock::time_point time() const { return m_time; } ///< Of the end.
    QByteArrayView method() const { return part(Method); }                ///< Empty: the request could not be read.
    QByteArrayView path() const { return part(Path); }                    ///< As received, without the query.
    QByteArrayView route() const { return part(Route); }                  ///< The pattern; empty without one.
    QByteArrayView id() const { return part(Id); }
    QByteArrayView peer() const { return part(Peer); }
    QByteArray trace() const { return m_span ? trace::traceId(m_traceHigh, m_traceLow) : QByteArray(); }
    QByteArray span() const { return m_span ? trace::spanId(m_span) : QByteArray(); }
    int status() const { return m_status; }
    qint64 bytes() const { return m_bytes; } ///< Of the answer's body.
    std::chrono::microseconds duration() const { return m_duration; }
    bool isComplete() const { return m_isComplete; } ///< False: the client was gone before the end of the answer.

private:
    enum Part { Method, Path, Route, Id, Peer, PartCount };
    QByteArrayView part(Part part) const
    {
        const qsizetype begin = part == 0 ? 0 : m_ends[part - 1];
        return QByteArrayView(m_text).sliced(begin, m_ends[part] - begin);
    }

    std::chrono::system_clock::time_point m_time;
    QByteArray m_text;
    std::array<qint32, PartCount> m_ends{};
    quint64 m_traceHigh = 0, m_traceLow = 0, m_span = 0; ///< Put into words by the writer.
    int m_status = 0;
    qint64 m_bytes = 0;
    std::chrono::microseconds m_duration{};
    bool m_isComplete = true;
};

/// An event and its facts, as in a LogLine: `request method=GET path="/record" status=200 ... id=...`.
QByteArray requestText(const RequestLine &line);
/// info, or warning from status 500 up.
QtMsgType requestLevel(const RequestLine &line);
QByteArrayView requestCategory();

/// Writes one line in category quoin.http.request, its level info; warning from status 500 up.
void appendRequest(QByteArray &out, const RequestLine &line, LogFormat format);

} // namespace quoin::server
