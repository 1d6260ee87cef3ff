// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/trace.h>

namespace quoin::trace {

/// What plugins see of trace/current.h.
class HostTraces final : public abi::Traces
{
public:
    virtual ~HostTraces() = default;

    const abi::Trace *capture() override;
    void enter(const QList<const abi::Trace *> &each) override;
    void leave() override;
    QByteArray traceparent() override;
    QByteArray tracestate() override;
};

} // namespace quoin::trace
