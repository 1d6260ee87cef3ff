// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QtGlobal>

#include <string_view>

namespace quoin::http {

/// Makes request ids: 64 random bits of its own and a counter, in hexadecimal. Unique across processes and hosts; says
/// nothing about either and is not a secret. One thread.
class RequestIds
{
public:
    RequestIds();
    /// Valid until the next call.
    std::string_view next();

private:
    char m_text[40] = {};
    quint64 m_count = 0;
};

} // namespace quoin::http
