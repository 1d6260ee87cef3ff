// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>

namespace quoin::redis {

/// A Lua script and the name by which Redis keeps it. A value; any thread.
struct Script
{
    explicit Script(QByteArray source);

    QByteArray text;
    QByteArray sha1; ///< In hexadecimal, as EVALSHA wants it.
};

} // namespace quoin::redis
