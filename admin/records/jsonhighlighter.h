// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QSyntaxHighlighter>

namespace admin {

struct Colors;

/// Colours for a JSON text, also one that is being written and not JSON yet. A line at a time, since a string never
/// goes over two.
class JsonHighlighter : public QSyntaxHighlighter
{
    Q_OBJECT

public:
    explicit JsonHighlighter(QTextDocument *document);
    void setColors(const Colors &colors);

protected:
    void highlightBlock(const QString &text) override;

private:
    int string(const QString &text, int begin);

    QTextCharFormat m_key, m_string, m_number, m_word, m_punctuation;
    bool m_hasColors = false;
};

} // namespace admin
