// SPDX-License-Identifier: GPL-3.0-only
#include "http/incomingrequest.h"

#include "http/characters.h"
#include "http/routepattern.h"
#include "json/check.h"

namespace quoin::http {

namespace {

constexpr std::size_t keptCapacity = 4096; // a typical head; what a large one took is given back

QByteArray bytes(std::string_view view) { return {view.data(), static_cast<qsizetype>(view.size())}; }

bool isSameName(std::string_view received, QByteArrayView wanted)
{
    return std::ranges::equal(received, std::string_view(wanted.data(), static_cast<std::size_t>(wanted.size())), {},
                              lowered, lowered);
}

/// The values of all fields of this name, as one (RFC 9110 section 5.3).
std::string combined(const RequestHead &head, std::string_view name)
{
    std::string value;
    for (const Field &field : head.fields) {
        if (isWord(field.name, name))
            value.append(value.empty() ? "" : ",").append(field.value);
    }
    return value;
}

} // namespace

IncomingRequest::IncomingRequest(std::shared_ptr<MemoryBudget> budget)
    : m_budget(std::move(budget))
{
}

IncomingRequest::~IncomingRequest() { m_budget->giveBack(m_charged); }

void IncomingRequest::retain() const noexcept { m_references.fetch_add(1, std::memory_order_relaxed); }

void IncomingRequest::release() const noexcept
{
    if (m_references.fetch_sub(1, std::memory_order_acq_rel) == 1)
        delete this;
}

void IncomingRequest::clear()
{
    Q_ASSERT(!isShared());
    m_state.store(State::Awaited, std::memory_order_relaxed);
    m_budget->giveBack(m_charged);
    m_charged = 0;
    m_body = QByteArray();
    // Qt 6.4's QVarLengthArray, when it is moved to, forgets memory that it has taken for more than fits into it.
    m_match.captures.clear();
    m_match.captures.squeeze();
    m_match = RouteMatch();
    m_id.clear();
    m_admission.reset();
    m_times.clear();
    m_bytes.clear();
    if (m_bytes.capacity() > keptCapacity)
        m_bytes.shrink_to_fit();
}

Fault IncomingRequest::assignHead(std::string_view head, const Limits &limits)
{
    m_bytes.assign(head);
    return m_head.parse(m_bytes, limits);
}

bool IncomingRequest::chargeBody()
{
    const qint64 grown = m_body.size() - m_charged;
    if (!m_budget->take(grown))
        return false;
    m_charged += grown;
    return true;
}

void IncomingRequest::hint() noexcept
{
    auto awaited = State::Awaited;
    m_state.compare_exchange_strong(awaited, State::Doubtful, std::memory_order_relaxed);
}

void IncomingRequest::beginTrace(bool isTimed)
{
    std::optional<trace::Context> caller;
    if (!m_head.traceparent.empty())
        caller = trace::parse(m_head.traceparent, combined(m_head, "tracestate"));
    m_trace = caller ? trace::child(*caller) : trace::begin();
    if (isTimed)
        m_trace.spent = std::make_shared<trace::DatabaseTime>();
}

// ---- abi::Request -------------------------------------------------------------------------------------------------

QByteArray IncomingRequest::method() const { return bytes(m_head.method); }
QByteArray IncomingRequest::target() const { return bytes(m_head.target); }
QByteArray IncomingRequest::path() const { return bytes(m_head.path); }
QByteArray IncomingRequest::query() const { return m_head.hasQuery ? bytes(m_head.query) : QByteArray(); }
QByteArray IncomingRequest::id() const { return bytes(m_id); }

QByteArray IncomingRequest::header(QByteArrayView name) const
{
    QByteArray value;
    for (const Field &field : m_head.fields) {
        if (!isSameName(field.name, name))
            continue;
        if (value.isNull())
            value = field.value.empty() ? QByteArray("") : bytes(field.value);
        else
            value.append(", ").append(bytes(field.value));
    }
    return value;
}

HeaderList IncomingRequest::headers() const
{
    HeaderList list;
    list.reserve(static_cast<qsizetype>(m_head.fields.size()));
    for (const Field &field : m_head.fields)
        list.append({bytes(field.name), bytes(field.value)});
    return list;
}

QByteArray IncomingRequest::capture(int index) const
{
    return index >= 0 && index < m_match.captures.size() ? percentDecoded(m_match.captures[index]) : QByteArray();
}

bool IncomingRequest::checkJson(qint64 *offset, QString *fault) const
{
    const json::Fault found = json::check(m_body);
    if (!found)
        return true;
    *offset = found.offset;
    *fault = QString::fromLatin1(found.sentence);
    return false;
}

} // namespace quoin::http
