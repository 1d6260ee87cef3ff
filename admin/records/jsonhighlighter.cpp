// SPDX-License-Identifier: GPL-3.0-only
#include "records/jsonhighlighter.h"

#include "ui/colors.h"

namespace admin {

namespace {

// The layout of a line takes time with the number of its pieces.
constexpr int longestLine = 20'000;

bool isNumberPart(QChar character)
{
    return character.isDigit() || character == u'-' || character == u'+' || character == u'.' || character == u'e'
        || character == u'E';
}

} // namespace

JsonHighlighter::JsonHighlighter(QTextDocument *document)
    : QSyntaxHighlighter(document)
{
}

void JsonHighlighter::setColors(const Colors &colors)
{
    m_key.setForeground(colors.accent);
    m_string.setForeground(colors.good);
    m_number.setForeground(colors.warning);
    m_word.setForeground(colors.bad);
    m_punctuation.setForeground(colors.muted);
    m_hasColors = true;
    rehighlight();
}

// Behind the string; a name is what a colon follows.
int JsonHighlighter::string(const QString &text, int begin)
{
    const int size = static_cast<int>(std::min<qsizetype>(text.size(), longestLine));
    int end = begin + 1;
    while (end < size && text[end] != u'"')
        end += text[end] == u'\\' ? 2 : 1;
    end = std::min(end + 1, size);
    int after = end;
    while (after < size && text[after].isSpace())
        ++after;
    setFormat(begin, end - begin, after < size && text[after] == u':' ? m_key : m_string);
    return end;
}

void JsonHighlighter::highlightBlock(const QString &text)
{
    const int size = static_cast<int>(std::min<qsizetype>(text.size(), longestLine));
    for (int at = 0; m_hasColors && at < size;) {
        const QChar character = text[at];
        int end = at + 1;
        if (character == u'"') {
            end = string(text, at);
        } else if (character.isDigit() || character == u'-') {
            while (end < size && isNumberPart(text[end]))
                ++end;
            setFormat(at, end - at, m_number);
        } else if (character.isLetter()) {
            while (end < size && text[end].isLetter())
                ++end;
            setFormat(at, end - at, m_word);
        } else if (!character.isSpace()) {
            setFormat(at, 1, m_punctuation);
        }
        at = end;
    }
}

} // namespace admin
