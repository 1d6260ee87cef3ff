// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/request.h"

#include <QCryptographicHash>

namespace admin {

/// The request that puts `text` in the place of a record whose text is `before`. If it is another one by then, the
/// server answers 412 and changes nothing.
inline Request replacing(qint64 id, const QByteArray &before, const QByteArray &text)
{
    const QByteArray digest = QCryptographicHash::hash(before, QCryptographicHash::Sha256).toHex();
    return {.method = "PUT",
            .path = QStringLiteral("/admin/v1/records/%1").arg(id),
            .body = text,
            .ifMatch = '"' + digest + '"'};
}

} // namespace admin
