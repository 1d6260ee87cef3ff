// SPDX-License-Identifier: GPL-3.0-only
// JsonView: the text and the search in it.
#include "records/background.h"
#include "records/jsonformat.h"
#include "records/jsonview.h"
#include "ui/colors.h"
#include "ui/times.h"

#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTextBlock>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

constexpr qsizetype longestValue = 8 * 1024; // a line of a megabyte takes seconds to be laid out
constexpr qsizetype mostMatches = 1000;

FormattedJson plainText(const QByteArray &data)
{
    const QByteArrayView shown = QByteArrayView(data).first(std::min(data.size(), longestValue));
    return {QString::fromUtf8(shown), shown.size() < data.size()};
}

} // namespace

void JsonView::showText()
{
    m_isTextStale = false;
    const auto format = [data = m_data, isJson = m_isJson] {
        return isJson ? formatJson(data, mostShown, longestValue) : plainText(data);
    };
    inBackground(this, format, [this, era = m_era](const FormattedJson &formatted) {
        if (era != m_era)
            return;
        m_text->setPlainText(formatted.text);
        m_cutText->setText(
            formatted.isCut
                ? tr("%1 in all: the beginning is shown, and long values are shortened.").arg(sizeText(m_data.size()))
                : QString());
        m_cut->setVisible(formatted.isCut && mode() == Mode::Text);
        search();
    });
}

void JsonView::search()
{
    const QString wanted = m_search->text();
    m_matches.clear();
    m_match = -1;
    if (!wanted.isEmpty()) {
        if (mode() != Mode::Text)
            setMode(Mode::Text);
        if (m_isTextStale)
            showText();
        const QString text = m_text->toPlainText();
        for (qsizetype at = text.indexOf(wanted, 0, Qt::CaseInsensitive); at >= 0 && m_matches.size() < mostMatches;
             at = text.indexOf(wanted, at + wanted.size(), Qt::CaseInsensitive))
            m_matches << std::pair(int(at), int(wanted.size()));
        m_match = m_matches.isEmpty() ? -1 : 0;
    }
    mark();
}

void JsonView::step(bool forward)
{
    if (m_matches.isEmpty())
        return;
    m_match = (m_match + (forward ? 1 : m_matches.size() - 1)) % m_matches.size();
    mark();
}

void JsonView::mark()
{
    const Colors &colors = Colors::of(palette());
    QList<QTextEdit::ExtraSelection> marks;
    for (qsizetype i = 0; i < m_matches.size(); ++i) {
        QTextEdit::ExtraSelection mark;
        mark.cursor = QTextCursor(m_text->document());
        mark.cursor.setPosition(m_matches[i].first);
        mark.cursor.setPosition(m_matches[i].first + m_matches[i].second, QTextCursor::KeepAnchor);
        mark.format.setBackground(i == m_match ? colors.accent : colors.warningSoft);
        mark.format.setForeground(i == m_match ? colors.onAccent : colors.text);
        marks << mark;
    }
    m_text->setExtraSelections(marks);
    const bool isSearching = !m_search->text().isEmpty();
    const QString many = m_matches.size() == mostMatches ? u"+"_s : QString();
    m_found->setText(!isSearching      ? QString()
                         : m_match < 0 ? tr("not found")
                                       : tr("%1 of %2").arg(m_match + 1).arg(QString::number(m_matches.size()) + many));
    if (m_match < 0)
        return;
    QTextCursor cursor(m_text->document());
    cursor.setPosition(m_matches[m_match].first);
    m_text->setTextCursor(cursor);
    m_text->ensureCursorVisible();
}

bool JsonView::eventFilter(QObject *watched, QEvent *event)
{
    if (watched != m_search || event->type() != QEvent::KeyPress)
        return QWidget::eventFilter(watched, event);
    const auto *key = static_cast<QKeyEvent *>(event);
    if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
        step(!(key->modifiers() & Qt::ShiftModifier));
        return true;
    }
    if (key->key() == Qt::Key_Escape && !m_search->text().isEmpty()) {
        m_search->clear();
        return true;
    }
    return false;
}

} // namespace admin
