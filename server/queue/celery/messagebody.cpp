// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/messagebody.h"

#include "json/check.h"
#include "json/text.h"

#include <zlib.h>

#include <optional>

using namespace Qt::StringLiterals;

namespace quoin::celery {

namespace {

constexpr qsizetype largestShown = 80; ///< Of a name that somebody else chose, in a sentence.

QString shown(QByteArrayView value)
{
    return json::isString(value) ? json::unquoted(value).left(largestShown)
                                 : QString::fromUtf8(value.first(std::min(value.size(), largestShown)));
}

bool isAbsent(QByteArrayView value) { return value.isEmpty() || json::isNull(value); }

std::optional<Refusal> wrongSerializer(const Packing &packing)
{
    if (isAbsent(packing.contentType))
        return Refusal::malformed(u"The envelope has no content-type."_s);
    if (shown(packing.contentType) != "application/json"_L1)
        return Refusal::foreign(
            u"The body is serialized as %1; only application/json is read here."_s.arg(shown(packing.contentType)));
    if (isAbsent(packing.contentEncoding))
        return std::nullopt;
    const QString encoding = shown(packing.contentEncoding).toLower();
    if (encoding != "utf-8"_L1 && encoding != "utf8"_L1 && encoding != "us-ascii"_L1 && encoding != "ascii"_L1)
        return Refusal::foreign(u"The body's content-encoding is %1; only utf-8 is read here."_s.arg(encoding));
    return std::nullopt;
}

/// The bytes that a JSON string stands for, without making UTF-16 of them if it has no escapes.
QByteArray stringBytes(QByteArrayView string)
{
    const QByteArrayView inner = string.sliced(1, string.size() - 2);
    return inner.contains('\\') ? json::unquoted(string).toUtf8() : inner.toByteArray();
}

std::variant<QByteArray, Refusal> transportDecoded(const Packing &packing)
{
    QByteArray bytes = stringBytes(packing.body);
    const QString encoding = isAbsent(packing.bodyEncoding) ? QString() : shown(packing.bodyEncoding);
    if (encoding.isEmpty() || encoding == "utf-8"_L1)
        return bytes;
    if (encoding != "base64"_L1)
        return Refusal::foreign(u"The body_encoding is %1; only base64 and utf-8 are read here."_s.arg(encoding));
    auto decoded = QByteArray::fromBase64Encoding(std::move(bytes), QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded)
        return Refusal::malformed(u"The body is not base64."_s);
    return std::move(*decoded);
}

/// A zlib stream, which kombu calls gzip; a real gzip one too.
std::variant<QByteArray, Refusal> inflated(const QByteArray &packed)
{
    z_stream stream{};
    if (inflateInit2(&stream, MAX_WBITS + 32) != Z_OK)
        return Refusal::foreign(u"There is no memory to unpack the body."_s);
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(packed.constData()));
    stream.avail_in = static_cast<uInt>(packed.size());
    QByteArray text;
    int outcome = Z_OK;
    while (outcome == Z_OK && text.size() <= largestMessage) {
        char piece[32 * 1024];
        stream.next_out = reinterpret_cast<Bytef *>(piece);
        stream.avail_out = sizeof piece;
        outcome = inflate(&stream, Z_NO_FLUSH);
        text.append(piece, static_cast<qsizetype>(sizeof piece - stream.avail_out));
    }
    inflateEnd(&stream);
    if (text.size() > largestMessage)
        return Refusal::foreign(u"The body is larger than %1 bytes once unpacked."_s.arg(largestMessage));
    if (outcome != Z_STREAM_END)
        return Refusal::malformed(u"The compressed body is not a complete zlib stream."_s);
    return text;
}

std::variant<QByteArray, Refusal> decompressed(QByteArray bytes, QByteArrayView compression)
{
    const QString method = isAbsent(compression) ? QString() : shown(compression);
    if (method.isEmpty())
        return bytes;
    // kombu's registry (kombu/compression.py): content type, then the aliases.
    if (method == "application/x-gzip"_L1 || method == "gzip"_L1 || method == "zlib"_L1)
        return inflated(bytes);
    return Refusal::foreign(u"The body is compressed as %1; only zlib is read here."_s.arg(method));
}

/// Python writes these for floats that JSON has no word for, and reads them.
bool isPythonsFloat(const QByteArray &text, qint64 at)
{
    const QByteArrayView rest = QByteArrayView(text).sliced(at);
    return rest.startsWith("NaN") || rest.startsWith("Infinity");
}

std::variant<QByteArray, Refusal> checked(QByteArray text)
{
    const json::Fault fault = json::check(text, json::largestDepth);
    if (!fault)
        return text.trimmed();
    if (isPythonsFloat(text, fault.offset))
        return Refusal::foreign(
            u"The body has NaN or Infinity at byte %1, which JSON does not know."_s.arg(fault.offset));
    return Refusal::malformed(
        u"The body is not JSON: %1, at byte %2."_s.arg(QLatin1StringView(fault.sentence)).arg(fault.offset));
}

} // namespace

std::variant<QByteArray, Refusal> unpackBody(const Packing &packing)
{
    if (isAbsent(packing.body))
        return Refusal::malformed(u"The envelope has no body."_s);
    if (!json::isString(packing.body))
        return Refusal::malformed(u"The envelope's body is not a string."_s);
    if (const auto refusal = wrongSerializer(packing))
        return *refusal;
    auto text = transportDecoded(packing);
    if (QByteArray *bytes = std::get_if<QByteArray>(&text))
        text = decompressed(std::move(*bytes), packing.compression);
    if (QByteArray *bytes = std::get_if<QByteArray>(&text))
        text = checked(std::move(*bytes));
    return text;
}

} // namespace quoin::celery
