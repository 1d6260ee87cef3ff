// SPDX-License-Identifier: MIT
#pragma once

#include <quoin/abi.h>
#include <quoin/future.h>
#include <quoin/json.h>
#include <quoin/result.h>

#include <QStringList>
#include <QUrlQuery>

#include <functional>
#include <memory>
#include <optional>

namespace quoin {

/// One HTTP request: complete, validated and immutable. A cheap value that owns its bytes and may outlive the socket.
/// Any thread.
class Request
{
public:
    explicit Request(const abi::Request *request)
        : m_request(request)
    {
        m_request->retain();
    }
    Request(const Request &other)
        : Request(other.m_request)
    {
    }
    Request &operator=(Request other) noexcept
    {
        std::swap(m_request, other.m_request);
        return *this;
    }
    ~Request() { m_request->release(); }

    /// "GET", "POST" ... For HEAD the handler of GET is called, and this says "HEAD".
    QByteArray method() const { return m_request->method(); }

    /// The path as received, percent-encoded, without the query.
    QByteArray path() const { return m_request->path(); }

    /// A header's value; several of one name are joined by ", " (RFC 9110 section 5.3). Null if absent.
    QByteArray header(QByteArrayView name) const { return m_request->header(name); }

    /// The body, decoded of its framing; at most the route's limit, 16 MiB by default.
    QByteArray body() const { return m_request->body(); }

    /// The id under which the log knows this request, returned as X-Request-Id.
    QByteArray id() const { return m_request->id(); }

    /// The client's address.
    QByteArray peer() const { return m_request->peer(); }

    /// True once nobody waits for the answer any more: a long handler may stop.
    bool isCancelled() const { return m_request->isCancelled(); }

    /// The first value of a query parameter, decoded ('+' is a space); nothing if it is absent.
    std::optional<QString> query(const QString &name) const
    {
        QByteArray text = m_request->query();
        if (text.isEmpty())
            return std::nullopt;
        const QUrlQuery query(QString::fromUtf8(text.replace('+', "%20")));
        if (!query.hasQueryItem(name))
            return std::nullopt;
        return query.queryItemValue(name, QUrl::FullyDecoded);
    }

    /// A query parameter as a decimal integer within [minimum, maximum]; the fallback if it is absent; Invalid if it is
    /// anything else.
    Result<qint64> queryInteger(const QString &name, qint64 fallback, qint64 minimum, qint64 maximum) const
    {
        const auto text = query(name);
        if (!text)
            return fallback;
        bool ok = false;
        const qint64 value = text->toLongLong(&ok);
        if (!ok || value < minimum || value > maximum)
            return Error::invalid(QStringLiteral("Query parameter \"%1\" must be an integer from %2 to %3.")
                                      .arg(name)
                                      .arg(minimum)
                                      .arg(maximum));
        return value;
    }

    /// Invalid, naming it and those there are, if the query has a parameter that is not one of these: a typing error
    /// in the name of a filter must not select everything.
    Result<> expectQueries(const QStringList &known) const
    {
        const auto items = QUrlQuery(QString::fromUtf8(m_request->query())).queryItems(QUrl::FullyDecoded);
        for (const auto &item : items) {
            if (known.contains(item.first))
                continue;
            const QString there = known.isEmpty() ? QStringLiteral("There are none here.")
                                                  : QStringLiteral("There are: ") + known.join(QStringLiteral(", "));
            return Error::invalid(QStringLiteral("There is no query parameter \"%1\". %2").arg(item.first, there));
        }
        return {};
    }

    /// The body as JSON (RFC 8259, UTF-8, at most 512 levels), untouched; Invalid with the byte offset of the fault
    /// otherwise.
    Result<JsonText> json() const
    {
        qint64 offset = 0;
        QString fault;
        if (!m_request->checkJson(&offset, &fault))
            return Error::invalid(QStringLiteral("The body is not valid JSON at byte %1: %2").arg(offset).arg(fault));
        return JsonText(m_request->body().trimmed());
    }

    /// For the host's own use.
    const abi::Request *raw() const { return m_request; }

private:
    const abi::Request *m_request;
};

/// The next piece of a streamed body; an empty one ends it, an error cuts the connection. Called on the event loop,
/// must not block.
using NextPiece = std::function<Future<QByteArray>()>;

/// An HTTP answer: a value, sent once. The host adds framing, Date, X-Request-Id and, for HEAD, drops the body.
class Response
{
public:
    static Response bytes(QByteArray body, QByteArray contentType, int status = 200)
    {
        Response response(status);
        response.m_headers.append({QByteArrayLiteral("Content-Type"), std::move(contentType)});
        response.m_body = std::move(body);
        return response;
    }
    static Response text(QByteArray utf8, int status = 200)
    {
        return bytes(std::move(utf8), QByteArrayLiteral("text/plain; charset=utf-8"), status);
    }
    static Response json(QByteArray text, int status = 200)
    {
        return bytes(std::move(text), QByteArrayLiteral("application/json"), status);
    }
    static Response empty(int status = 204) { return Response(status); }

    /// application/problem+json (RFC 9457) with a sentence for the client.
    static Response problem(int status, QString detail)
    {
        Response response(status);
        response.m_problem = std::move(detail);
        response.m_isProblem = true;
        return response;
    }

    /// A body that is pulled piece by piece, so that it needs constant memory. length in bytes, or -1 if unknown.
    static Response stream(QByteArray contentType, NextPiece next, qint64 length = -1, int status = 200)
    {
        Response response(status);
        response.m_headers.append({QByteArrayLiteral("Content-Type"), std::move(contentType)});
        response.m_next = std::move(next);
        response.m_length = length;
        return response;
    }

    /// Adds a header. Content-Length, Transfer-Encoding, Connection and Date belong to the host and are ignored.
    Response &&header(QByteArray name, QByteArray value) &&
    {
        m_headers.append({std::move(name), std::move(value)});
        return std::move(*this);
    }
    void addHeader(QByteArray name, QByteArray value) { m_headers.append({std::move(name), std::move(value)}); }

    int status() const { return m_status; }
    const HeaderList &headers() const { return m_headers; }
    const QByteArray &body() const { return m_body; }

    /// Hands the answer to the host. For the SDK's own use.
    void sendTo(abi::Reply &reply) &&;

private:
    explicit Response(int status)
        : m_status(status)
    {
    }

    int m_status;
    bool m_isProblem = false;
    qint64 m_length = -1;
    HeaderList m_headers;
    QByteArray m_body;
    QString m_problem;
    NextPiece m_next;
};

namespace detail {

class PulledBody final : public abi::BodySource
{
public:
    explicit PulledBody(NextPiece next)
        : m_next(std::move(next))
    {
    }

    void pull(abi::Piece *owned) override
    {
        const std::shared_ptr<abi::Piece> piece(owned); // shared: a continuation is a std::function
        try {
            m_next().then([piece](const Result<QByteArray> &bytes) {
                if (!bytes)
                    piece->fail(bytes.error().message());
                else if (bytes->isEmpty())
                    piece->end();
                else
                    piece->bytes(*bytes);
            });
        } catch (...) {
            piece->fail(currentExceptionText());
        }
    }

private:
    NextPiece m_next;
};

} // namespace detail

inline void Response::sendTo(abi::Reply &reply) &&
{
    if (m_isProblem)
        reply.problem(m_status, m_headers, m_problem);
    else if (m_next)
        reply.stream(m_status, m_headers, m_length, new detail::PulledBody(std::move(m_next)));
    else
        reply.send(m_status, m_headers, m_body);
}

} // namespace quoin
