// SPDX-License-Identifier: GPL-3.0-only
#include "counter.h"

using namespace Qt::StringLiterals;

namespace counter {

using quoin::Response;
using quoin::Result;

// Says what there is, and does nothing else: it is also called where the plugin is never started.
void Counter::describe(quoin::Registry &registry)
{
    registry.get(u"/"_s, &Counter::greet).summary(u"How often this page has been seen"_s);
}

// Opens what is needed. An Error returned here refuses the plugin, and the host goes on without it.
Result<> Counter::start(quoin::Services &services)
{
    m_counters = services.counters();
    return {};
}

// Closes what start() opened. Nothing calls the plugin any more.
void Counter::stop() { m_counters.reset(); }

quoin::Future<Response> Counter::greet(const quoin::Request &) const
{
    // Whoever has counted finishes the future on a thread of its own; what follows then() runs there and only makes a
    // value. An Error passes by: Unavailable becomes a 503.
    return m_counters->increment(u"hits"_s).then(
        [](qint64 seen) { return Response::text("I have been seen " + QByteArray::number(seen) + " times."); });
}

} // namespace counter
