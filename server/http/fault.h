// SPDX-License-Identifier: GPL-3.0-only
#pragma once

namespace quoin::http {

/// Why bytes from a client are refused: the status of the answer and a sentence for the person who sent them. No
/// status: no fault.
struct [[nodiscard]] Fault
{
    int status = 0;
    const char *sentence = ""; ///< A literal.

    explicit operator bool() const { return status != 0; }
};

} // namespace quoin::http
