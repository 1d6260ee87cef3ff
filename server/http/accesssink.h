// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArrayView>
#include <QStringView>

namespace quoin::trace {
struct Context;
}

namespace quoin::http {

/// One finished exchange. The views are valid during the call.
struct AccessRecord
{
    QByteArrayView method; ///< Empty if the request could not be read.
    QByteArrayView path;   ///< As received, without the query, which may hold what no log should.
    QStringView pattern;   ///< Of the route; empty without one.
    int route = 0;         ///< RouteEntry::number; 0 without a route.
    int status = 0;
    qint64 bytes = 0;        ///< Of the answer's body, before chunking.
    qint64 microseconds = 0; ///< From the complete head to the last byte handed to the system.
    QByteArrayView requestId;
    QByteArrayView peer;
    const trace::Context *trace = nullptr; ///< Of the request; null: none.
    bool isComplete = true;                ///< False: the connection ended before the answer did.
};

/// Where finished exchanges are reported. Called on the loop: it must not block.
class AccessSink
{
public:
    virtual void record(const AccessRecord &record) = 0;

protected:
    ~AccessSink() = default;
};

} // namespace quoin::http
