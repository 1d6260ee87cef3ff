// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/celery/message.h"

#include <variant>

namespace quoin::celery {

/// Why a message is not Sound.
struct Refusal
{
    Standing standing = Standing::Malformed;
    QString sentence;

    static Refusal malformed(QString sentence) { return {Standing::Malformed, std::move(sentence)}; }
    static Refusal foreign(QString sentence) { return {Standing::Foreign, std::move(sentence)}; }
};

/// The values of an envelope that say how its body is packed, as JSON texts; an empty view if one is absent.
struct Packing
{
    QByteArrayView body, contentType, contentEncoding, bodyEncoding, compression;
};

/// The body as one checked JSON text: after base64, after zlib (at most largestMessage bytes). Pure; any thread.
std::variant<QByteArray, Refusal> unpackBody(const Packing &packing);

} // namespace quoin::celery
