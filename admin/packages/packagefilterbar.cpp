// SPDX-License-Identifier: GPL-3.0-only
#include "packages/packagefilterbar.h"

#include "ui/command.h"
#include "ui/commandbutton.h"
#include "ui/icons.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QSignalBlocker>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace admin {

namespace {

bool isId(const QString &text)
{
    bool isNumber = false;
    text.toLongLong(&isNumber);
    return isNumber;
}

} // namespace

PackageFilterBar::PackageFilterBar(QWidget *parent)
    : QWidget(parent)
    , m_text(new QLineEdit(this))
    , m_record(new QLineEdit(this))
    , m_state(new QComboBox(this))
    , m_clear(new Command(u"packages.clearfilter"_s, tr("Clear the filter"), u"close"_s, Command::Effect::Looks, this))
{
    m_text->setPlaceholderText(tr("Part of the file name"));
    m_text->setAccessibleName(tr("Part of the file name"));
    m_text->addAction(themedIcon(u"search"_s), QLineEdit::LeadingPosition);
    m_record->setPlaceholderText(tr("Record"));
    m_record->setAccessibleName(tr("Id of the record"));
    m_record->setMaximumWidth(140);
    m_state->setAccessibleName(tr("State of the packages"));
    m_state->addItem(tr("All states"), QString());
    m_state->addItem(tr("Verified"), u"verified"_s);
    m_state->addItem(tr("Fault"), u"fault"_s);
    m_state->addItem(tr("Unverified"), u"unverified"_s);
    m_soon.setSingleShot(true);
    m_soon.setInterval(300ms);
    for (QLineEdit *edit : {m_text, m_record}) {
        edit->setClearButtonEnabled(true);
        connect(edit, &QLineEdit::textChanged, &m_soon, qOverload<>(&QTimer::start));
        connect(edit, &QLineEdit::returnPressed, this, &PackageFilterBar::edited);
    }
    connect(&m_soon, &QTimer::timeout, this, &PackageFilterBar::edited);
    connect(m_state, &QComboBox::currentIndexChanged, this, &PackageFilterBar::edited);
    connect(m_clear, &QAction::triggered, this, &PackageFilterBar::clear);
    m_clear->setPossible(false, tr("There is no filter"));
    auto *clear = new CommandButton(m_clear, CommandButton::Look::Icon, this);
    auto *line = new QHBoxLayout(this);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(8);
    line->addWidget(m_text, 1);
    line->addWidget(m_record);
    line->addWidget(m_state);
    line->addWidget(clear);
}

Query PackageFilterBar::query() const
{
    Query query;
    if (const QString text = m_text->text().trimmed(); !text.isEmpty())
        query << std::pair(u"text"_s, text);
    if (const QString record = m_record->text().trimmed(); isId(record))
        query << std::pair(u"record"_s, record);
    if (const QString state = m_state->currentData().toString(); !state.isEmpty())
        query << std::pair(u"state"_s, state);
    return query;
}

void PackageFilterBar::set(const QString &record, const QString &state)
{
    {
        const QSignalBlocker quietText(m_text), quietRecord(m_record), quietState(m_state);
        m_text->clear();
        m_record->setText(record);
        m_state->setCurrentIndex(std::max(0, m_state->findData(state)));
    }
    edited();
}

void PackageFilterBar::focusText()
{
    m_text->setFocus(Qt::ShortcutFocusReason);
    m_text->selectAll();
}

void PackageFilterBar::edited()
{
    m_soon.stop();
    const QString record = m_record->text().trimmed();
    const bool isInvalid = !record.isEmpty() && !isId(record);
    if (m_record->property("invalid").toBool() != isInvalid) {
        m_record->setProperty("invalid", isInvalid);
        m_record->setToolTip(isInvalid ? tr("The id of a record is a whole number") : QString());
        m_record->setStyleSheet(m_record->styleSheet()); // looks the property up again
    }
    const Query now = query();
    m_clear->setPossible(!now.isEmpty() || isInvalid, tr("There is no filter"));
    if (std::exchange(m_told, now) != now)
        Q_EMIT changed();
}

} // namespace admin
