// SPDX-License-Identifier: GPL-3.0-only
#include "ui/textblock.h"

#include "ui/icons.h"

#include <QApplication>
#include <QClipboard>
#include <QEvent>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QTextDocument>
#include <QToolButton>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace admin {

TextBlock::TextBlock(const QString &title, QWidget *parent)
    : QWidget(parent)
    , m_title(new QLabel(this))
    , m_copy(new QToolButton(this))
    , m_edit(new QPlainTextEdit(this))
{
    m_title->setProperty("role", u"caption"_s);
    m_copy->setIcon(themedIcon(u"copy"_s));
    m_copy->setProperty("role", u"flat"_s);
    m_copy->setFocusPolicy(Qt::StrongFocus);
    connect(m_copy, &QToolButton::clicked, this, [this] { QApplication::clipboard()->setText(m_text); });
    m_edit->setReadOnly(true);
    m_edit->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_edit->setTabChangesFocus(true);
    m_edit->setLineWrapMode(QPlainTextEdit::NoWrap);
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setPointSizeF(m_edit->font().pointSizeF() * 0.95);
    m_edit->setFont(font);
    m_edit->document()->setDefaultFont(font);
    m_title->setBuddy(m_edit);
    auto *head = new QHBoxLayout;
    head->addWidget(m_title, 1);
    head->addWidget(m_copy);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    layout->addLayout(head);
    layout->addWidget(m_edit);
    setTitle(title);
    hide();
}

void TextBlock::setTitle(const QString &title)
{
    m_title->setText(title);
    m_edit->setAccessibleName(title);
    m_copy->setToolTip(tr("Copy"));
    m_copy->setAccessibleName(tr("Copy %1").arg(title.toLower()));
}

void TextBlock::setText(const QString &text)
{
    if (text != m_text) {
        m_text = text;
        m_edit->setPlainText(text);
        fit();
    }
    setVisible(!text.isEmpty());
}

void TextBlock::setLongest(int lines)
{
    m_longest = lines;
    fit();
}

void TextBlock::setWrapped(bool isWrapped)
{
    m_edit->setLineWrapMode(isWrapped ? QPlainTextEdit::WidgetWidth : QPlainTextEdit::NoWrap);
    fit();
}

void TextBlock::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        fit();
}

void TextBlock::fit()
{
    const bool isWrapped = m_edit->lineWrapMode() != QPlainTextEdit::NoWrap;
    const int lines = std::clamp(m_edit->blockCount() + (isWrapped ? 2 : 0), 1, m_longest);
    // Above and below the lines: margin of the document, padding and border of the style sheet; and a bar beneath.
    const int frame = 26 + (isWrapped ? 0 : m_edit->horizontalScrollBar()->sizeHint().height());
    m_edit->setFixedHeight(QFontMetrics(m_edit->document()->defaultFont()).lineSpacing() * lines + frame);
}

} // namespace admin
