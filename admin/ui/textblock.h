// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QWidget>

class QLabel;
class QPlainTextEdit;
class QToolButton;

namespace admin {

/// A text as it is, in monospace beneath its heading, to be read, selected and copied: arguments, a traceback. As high
/// as its text, up to a limit; beyond it scrolls. Without a text it is hidden.
class TextBlock : public QWidget
{
    Q_OBJECT

public:
    explicit TextBlock(const QString &title, QWidget *parent = nullptr);

    /// Keeps the place and the selection if the text is the same as before.
    void setText(const QString &text);
    const QString &text() const { return m_text; }
    void setTitle(const QString &title);
    void setLongest(int lines);
    /// Lines go on in the next one, instead of beyond the edge.
    void setWrapped(bool isWrapped);

protected:
    void changeEvent(QEvent *event) override;

private:
    void fit();

    QLabel *m_title;
    QToolButton *m_copy;
    QPlainTextEdit *m_edit;
    QString m_text; ///< toPlainText() would have changed its spaces
    int m_longest = 16;
};

} // namespace admin
