// SPDX-License-Identifier: GPL-3.0-only
#include "auth/tokentext.h"

#include <QCryptographicHash>
#include <QRandomGenerator>

#include <openssl/crypto.h>

#include <array>

namespace quoin::auth {

namespace {

constexpr QByteArrayView prefix = "quoin_";
constexpr qsizetype secretSize = 43;  // 256 bits, base64url without padding (RFC 4648 section 5)
constexpr qsizetype checksumSize = 6; // 32 bits
constexpr qsizetype shownSize = 4;
constexpr qsizetype wholeSize = prefix.size() + secretSize + checksumSize;

QByteArray encoded(const QByteArray &bytes)
{
    return bytes.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
}

QByteArray checksumOf(QByteArrayView text)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(text);
    return encoded(hash.result().first(4));
}

} // namespace

TokenText TokenText::random()
{
    std::array<quint32, 8> words{};
    QRandomGenerator::system()->fillRange(words.data(), words.size());
    const QByteArray bytes(reinterpret_cast<const char *>(words.data()), sizeof words);
    const QByteArray secret = prefix.toByteArray() + encoded(bytes);
    return TokenText(secret + checksumOf(secret));
}

std::optional<TokenText> TokenText::parse(QByteArrayView text)
{
    if (text.size() != wholeSize || !text.startsWith(prefix))
        return std::nullopt;
    if (!isSameSecret(checksumOf(text.first(wholeSize - checksumSize)), text.last(checksumSize)))
        return std::nullopt;
    return TokenText(text.toByteArray());
}

QByteArray TokenText::hash() const { return QCryptographicHash::hash(m_text, QCryptographicHash::Sha256).toHex(); }

QByteArray TokenText::beginning() const { return m_text.first(prefix.size() + shownSize); }

QByteArray recognisable(QByteArrayView text)
{
    if (!text.startsWith(prefix) || text.size() < wholeSize / 2) // a short one could be most of somebody's password
        return {};
    return text.first(prefix.size() + shownSize).toByteArray();
}

bool isSameSecret(QByteArrayView left, QByteArrayView right)
{
    return left.size() == right.size()
        && CRYPTO_memcmp(left.data(), right.data(), static_cast<std::size_t>(left.size())) == 0;
}

} // namespace quoin::auth
