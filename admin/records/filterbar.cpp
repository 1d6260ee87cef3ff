// SPDX-License-Identifier: GPL-3.0-only
#include "records/filterbar.h"

#include "ui/icons.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QRegularExpression>
#include <QStyle>
#include <QToolButton>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace admin {

namespace {

std::optional<QDateTime> timeAgo(const QString &text, const QDateTime &now)
{
    static const QRegularExpression form(u"^(\\d{1,6})\\s*(s|min|m|h|d|w)[a-z]*(\\s+ago)?\\z"_s);
    const auto match = form.match(text);
    if (!match.hasMatch())
        return {};
    const QString unit = match.captured(2);
    const qint64 seconds = unit == u"s" ? 1
        : unit == u"h"                  ? 3600
        : unit == u"d"                  ? 86400
        : unit == u"w"                  ? 7 * 86400
                                        : 60;
    return now.addSecs(-match.captured(1).toLongLong() * seconds);
}

void setInvalid(QLineEdit *edit, bool isInvalid)
{
    if (edit->property("invalid").toBool() == isInvalid)
        return;
    edit->setProperty("invalid", isInvalid);
    edit->style()->unpolish(edit);
    edit->style()->polish(edit);
}

bool isNumber(const QString &text)
{
    bool isGood = false;
    text.trimmed().toLongLong(&isGood);
    return isGood;
}

} // namespace

std::optional<QDateTime> timeWritten(const QString &text, const QDateTime &now)
{
    const QString simple = text.simplified().toLower();
    if (simple == u"now")
        return now;
    if (simple == u"today" || simple == u"yesterday")
        return now.date().addDays(simple == u"today" ? 0 : -1).startOfDay();
    if (const auto ago = timeAgo(simple, now))
        return ago;
    for (const auto &form : {u"h:mm"_s, u"h:mm:ss"_s}) {
        if (const QTime time = QTime::fromString(simple, form); time.isValid())
            return QDateTime(now.date(), time);
    }
    if (const QDate date = QDate::fromString(simple, Qt::ISODate); date.isValid() && simple.size() == 10)
        return date.startOfDay();
    for (const auto &form : {u"yyyy-MM-dd h:mm"_s, u"yyyy-MM-dd h:mm:ss"_s}) {
        if (const QDateTime time = QDateTime::fromString(simple, form); time.isValid())
            return time;
    }
    const QDateTime iso = QDateTime::fromString(text.trimmed().toUpper(), Qt::ISODateWithMs);
    return iso.isValid() ? std::optional(iso) : std::nullopt;
}

FilterBar::FilterBar(QWidget *parent)
    : QWidget(parent)
    , m_text(new QLineEdit(this))
    , m_more(new QToolButton(this))
    , m_details(new QWidget(this))
{
    m_text->setPlaceholderText(tr("Find records that contain…"));
    m_text->setAccessibleName(tr("Text in the records"));
    m_text->setClearButtonEnabled(true);
    m_text->addAction(themedIcon(u"search"_s), QLineEdit::LeadingPosition);
    m_more->setIcon(themedIcon(u"filter"_s));
    m_more->setText(tr("Time and id"));
    m_more->setAccessibleName(tr("Filter by time and id"));
    m_more->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_more->setCheckable(true);
    m_more->setProperty("role", u"button"_s);
    m_more->setFocusPolicy(Qt::StrongFocus);
    connect(m_more, &QToolButton::toggled, m_details, &QWidget::setVisible);

    const QString times = tr("Such as 2026-11-23, 2026-11-23 17:48, today, or 2h for two hours ago");
    auto *details = new QHBoxLayout(m_details);
    details->setContentsMargins(0, 0, 0, 0);
    details->setSpacing(8);
    m_from = addField(m_details, tr("Stored from"), tr("2h, today, 2026-11-23"), times);
    m_to = addField(m_details, tr("to"), tr("now"), times);
    m_idFrom = addField(m_details, tr("Id from"), tr("first"), tr("The lowest id"));
    m_idTo = addField(m_details, tr("to"), tr("last"), tr("The highest id"));
    details->addStretch();
    m_details->hide();

    auto *line = new QHBoxLayout;
    line->setSpacing(8);
    line->addWidget(m_text, 1);
    line->addWidget(m_more);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addLayout(line);
    layout->addWidget(m_details);

    m_soon.setSingleShot(true);
    m_soon.setInterval(350ms);
    connect(&m_soon, &QTimer::timeout, this, &FilterBar::apply);
    connect(m_text, &QLineEdit::textChanged, this, &FilterBar::edited);
    connect(m_text, &QLineEdit::returnPressed, this, &FilterBar::apply);
}

QLineEdit *FilterBar::addField(QWidget *row, const QString &label, const QString &placeholder, const QString &help)
{
    auto *name = new QLabel(label, row);
    name->setProperty("role", u"muted"_s);
    auto *edit = new QLineEdit(row);
    edit->setPlaceholderText(placeholder);
    edit->setToolTip(help);
    edit->setMaximumWidth(190);
    const auto *layout = static_cast<QHBoxLayout *>(row->layout());
    const bool isSecond = layout->count() >= 2 && label == tr("to");
    const auto *first = isSecond ? qobject_cast<QLabel *>(layout->itemAt(layout->count() - 2)->widget()) : nullptr;
    edit->setAccessibleName(first ? tr("%1, up to").arg(first->text()) : label);
    name->setBuddy(edit);
    row->layout()->addWidget(name);
    row->layout()->addWidget(edit);
    connect(edit, &QLineEdit::textChanged, this, &FilterBar::edited);
    connect(edit, &QLineEdit::returnPressed, this, &FilterBar::apply);
    return edit;
}

void FilterBar::addWidget(QWidget *widget)
{
    static_cast<QHBoxLayout *>(layout()->itemAt(0)->layout())->addWidget(widget);
}

bool FilterBar::check()
{
    bool isGood = true;
    for (QLineEdit *edit : {m_from, m_to, m_idFrom, m_idTo}) {
        const bool isTime = edit == m_from || edit == m_to;
        const bool isInvalid = !edit->text().trimmed().isEmpty()
            && !(isTime ? timeWritten(edit->text(), QDateTime::currentDateTime()).has_value() : isNumber(edit->text()));
        setInvalid(edit, isInvalid);
        isGood = isGood && !isInvalid;
    }
    return isGood;
}

bool FilterBar::isValid() const
{
    return !m_from->property("invalid").toBool() && !m_to->property("invalid").toBool()
        && !m_idFrom->property("invalid").toBool() && !m_idTo->property("invalid").toBool();
}

void FilterBar::edited()
{
    check();
    m_soon.start();
}

Query FilterBar::filter() const
{
    Query query;
    if (!m_text->text().isEmpty())
        query << std::pair(u"text"_s, m_text->text());
    const auto addTime = [&query](const QString &name, const QLineEdit *edit) {
        if (const auto time = timeWritten(edit->text(), QDateTime::currentDateTime()))
            query << std::pair(name, time->toUTC().toString(Qt::ISODateWithMs));
    };
    addTime(u"from"_s, m_from);
    addTime(u"to"_s, m_to);
    const auto addId = [&query](const QString &name, const QLineEdit *edit) {
        if (isNumber(edit->text()))
            query << std::pair(name, edit->text().trimmed());
    };
    addId(u"id_from"_s, m_idFrom);
    addId(u"id_to"_s, m_idTo);
    return query;
}

void FilterBar::apply()
{
    m_soon.stop();
    if (!check() || filter() == m_applied)
        return;
    m_applied = filter();
    Q_EMIT changed();
}

void FilterBar::clear()
{
    for (QLineEdit *edit : {m_text, m_from, m_to, m_idFrom, m_idTo})
        edit->clear();
    apply();
}

void FilterBar::focusText()
{
    m_text->setFocus();
    m_text->selectAll();
}

} // namespace admin
