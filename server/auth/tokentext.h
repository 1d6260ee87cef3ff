// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace quoin::auth {

/// The text of an access token: "quoin_", 43 characters that are 256 random bits, 6 that are a checksum. Whoever has it
/// is who it was made for, so it is shown once, and only its hash is kept. A value.
class TokenText
{
public:
    /// A new one, from the kernel's random numbers.
    static TokenText random();
    /// Nothing if the text cannot be a token of Quoin's: a typing error is found without asking the database.
    static std::optional<TokenText> parse(QByteArrayView text);

    /// The secret itself.
    const QByteArray &text() const { return m_text; }
    /// SHA-256 in lower case hexadecimal: what is stored.
    QByteArray hash() const;
    /// "quoin_Ab3x": enough to recognise it by, and of no use to anybody. Four of its characters.
    QByteArray beginning() const;

private:
    explicit TokenText(QByteArray text)
        : m_text(std::move(text))
    {
    }

    QByteArray m_text;
};

/// What of a text that was presented as a token may be written to a log: the beginning of what looks like one of ours,
/// else nothing.
QByteArray recognisable(QByteArrayView text);

/// Whether two texts are the same, in a time that depends on their sizes only.
bool isSameSecret(QByteArrayView left, QByteArrayView right);

} // namespace quoin::auth
