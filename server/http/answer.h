// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/abi.h>

#include <memory>

namespace quoin::http {

/// What a handler answered, on its way to the connection. Framing, Date and X-Request-Id are added there.
struct Answer
{
    int status = 200;
    HeaderList headers;
    QByteArray body;
    std::unique_ptr<abi::BodySource> source; ///< Set: the body is pulled, and body is empty.
    qint64 length = -1;                      ///< Of a pulled body in bytes; -1: unknown.
    bool close = false;                      ///< The connection ends after it.

    /// application/problem+json.
    static Answer problem(int status, const QString &detail, QByteArrayView requestId, HeaderList headers = {});
};

/// One piece of a pulled body.
struct Segment
{
    enum class Kind : quint8 { Bytes, End, Failed };
    Kind kind = Kind::End;
    QByteArray bytes;
    QString reason;
};

} // namespace quoin::http
