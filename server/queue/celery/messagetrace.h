// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/celery/message.h"
#include "trace/context.h"

#include <optional>

namespace quoin::celery {

/// The trace that the message goes on with: its headers traceparent and tracestate, where OpenTelemetry's
/// instrumentation of Celery puts and seeks them. Nothing if it has none. Pure; any thread.
std::optional<trace::Context> traceOf(const Message &message);

/// The headers (the text of an object) with those of the trace, which is valid, instead of any they had.
QByteArray withTrace(const QByteArray &headers, const trace::Context &context);

} // namespace quoin::celery
