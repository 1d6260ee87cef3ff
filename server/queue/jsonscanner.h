// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace quoin::queue {

/// Steps over JSON values (RFC 8259) without making anything of them, so that a number of a thousand digits is as good as 1.
/// Depth costs a byte a level and no stack. Does not look at UTF-8: check that first.
class JsonScanner
{
public:
    explicit JsonScanner(QByteArrayView text)
        : m_text(text)
    {
    }

    qsizetype offset() const { return m_offset; }
    bool atEnd() const { return m_offset == m_text.size(); }

    void skipSpace();
    /// Steps over the character if it stands here.
    bool take(char character);
    /// Steps over one value without the space around it; its text, or nothing with offset() at the fault.
    std::optional<QByteArrayView> value();

private:
    char here() const { return atEnd() ? '\0' : m_text[m_offset]; }
    bool step(QByteArray &open);
    bool close(QByteArray &open);
    bool key();
    bool scalar();
    bool string();
    bool escape();
    bool number();
    bool digits();
    bool word(QByteArrayView expected);

    QByteArrayView m_text;
    qsizetype m_offset = 0;
};

} // namespace quoin::queue
