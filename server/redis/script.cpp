// SPDX-License-Identifier: GPL-3.0-only
#include "redis/script.h"

#include <QCryptographicHash>

#include <utility>

namespace quoin::redis {

Script::Script(QByteArray source)
    : text(std::move(source))
    , sha1(QCryptographicHash::hash(text, QCryptographicHash::Sha1).toHex())
{
}

} // namespace quoin::redis
