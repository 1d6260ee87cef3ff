// SPDX-License-Identifier: GPL-3.0-only
#include "http/requestid.h"

#include <QRandomGenerator>

#include <charconv>
#include <cstdio>

namespace quoin::http {

namespace {

constexpr int prefixSize = 17; // sixteen digits and a hyphen

} // namespace

RequestIds::RequestIds()
{
    const quint64 own = QRandomGenerator::system()->generate64();
    std::snprintf(m_text, sizeof m_text, "%016llx-", static_cast<unsigned long long>(own));
}

std::string_view RequestIds::next()
{
    const auto end = std::to_chars(m_text + prefixSize, m_text + sizeof m_text, ++m_count, 16).ptr;
    return {m_text, static_cast<std::size_t>(end - m_text)};
}

} // namespace quoin::http
