// SPDX-License-Identifier: GPL-3.0-only
#include "tasks/taskfilterbar.h"

#include "ui/command.h"
#include "ui/commandbutton.h"
#include "ui/icons.h"

#include <QComboBox>
#include <QDateTimeEdit>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QSignalBlocker>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace admin {

namespace {

enum Span { AnyTime = 0, Between = -1 }; // else minutes

QString apiTime(const QDateTime &time) { return time.toUTC().toString(u"yyyy-MM-ddTHH:mm:ss.zzzZ"_s); }

bool isId(const QString &text)
{
    bool isNumber = false;
    text.toLongLong(&isNumber);
    return isNumber;
}

} // namespace

TaskFilterBar::TaskFilterBar(QWidget *parent)
    : QWidget(parent)
    , m_name(new QComboBox(this))
    , m_time(new QComboBox(this))
    , m_record(new QLineEdit(this))
    , m_text(new QLineEdit(this))
    , m_from(new QDateTimeEdit(this))
    , m_to(new QDateTimeEdit(this))
    , m_clear(new Command(u"tasks.clearfilter"_s, tr("Clear the filter"), u"close"_s, Command::Effect::Looks, this))
{
    m_soon.setSingleShot(true);
    m_soon.setInterval(300ms);
    connect(&m_soon, &QTimer::timeout, this, &TaskFilterBar::edited);
    connect(m_clear, &QAction::triggered, this, &TaskFilterBar::clear);
    m_clear->setPossible(false, tr("There is no filter"));
    build();
    buildTimes();
}

void TaskFilterBar::build()
{
    m_text->setPlaceholderText(tr("Text in arguments or error"));
    m_text->setAccessibleName(tr("Text contained in arguments, error or message"));
    m_text->addAction(themedIcon(u"search"_s), QLineEdit::LeadingPosition);
    m_record->setPlaceholderText(tr("Record"));
    m_record->setAccessibleName(tr("Id of the record"));
    m_record->setMaximumWidth(120);
    m_name->setAccessibleName(tr("Name of the task"));
    m_name->addItem(tr("All names"), QString());
    m_name->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_name->setMinimumWidth(150);
    for (QLineEdit *edit : {m_text, m_record}) {
        edit->setClearButtonEnabled(true);
        connect(edit, &QLineEdit::textChanged, &m_soon, qOverload<>(&QTimer::start));
        connect(edit, &QLineEdit::returnPressed, this, &TaskFilterBar::edited);
    }
    connect(m_name, &QComboBox::currentIndexChanged, this, &TaskFilterBar::edited);
    auto *clear = new CommandButton(m_clear, CommandButton::Look::Icon, this);
    auto *line = new QHBoxLayout(this);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(8);
    line->addWidget(m_text, 1);
    for (QWidget *widget :
         {static_cast<QWidget *>(m_name), static_cast<QWidget *>(m_record), static_cast<QWidget *>(m_time),
          static_cast<QWidget *>(m_from), static_cast<QWidget *>(m_to), static_cast<QWidget *>(clear)})
        line->addWidget(widget);
}

void TaskFilterBar::buildTimes()
{
    m_time->setAccessibleName(tr("When they were created"));
    m_time->addItem(tr("Any time"), AnyTime);
    m_time->addItem(tr("Last 15 minutes"), 15);
    m_time->addItem(tr("Last hour"), 60);
    m_time->addItem(tr("Last 24 hours"), 24 * 60);
    m_time->addItem(tr("Last 7 days"), 7 * 24 * 60);
    m_time->addItem(tr("Between…"), Between);
    m_from->setAccessibleName(tr("Created at or after"));
    m_to->setAccessibleName(tr("Created before"));
    const auto now = QDateTime::currentDateTime();
    m_from->setDateTime(now.addDays(-1));
    m_to->setDateTime(now.addSecs(3600));
    for (QDateTimeEdit *edit : {m_from, m_to}) {
        edit->setCalendarPopup(true);
        edit->setDisplayFormat(u"yyyy-MM-dd HH:mm"_s);
        edit->hide();
        connect(edit, &QDateTimeEdit::dateTimeChanged, &m_soon, qOverload<>(&QTimer::start));
    }
    connect(m_time, &QComboBox::currentIndexChanged, this, [this] {
        const int minutes = m_time->currentData().toInt();
        m_since = QDateTime::currentDateTimeUtc().addSecs(-60 * minutes);
        m_from->setVisible(minutes == Between);
        m_to->setVisible(minutes == Between);
        edited();
    });
}

Query TaskFilterBar::query() const
{
    Query query;
    if (const QString text = m_text->text().trimmed(); !text.isEmpty())
        query << std::pair(u"text"_s, text);
    if (!taskName().isEmpty())
        query << std::pair(u"name"_s, taskName());
    if (const QString record = m_record->text().trimmed(); isId(record))
        query << std::pair(u"record"_s, record);
    times(query);
    return query;
}

void TaskFilterBar::times(Query &query) const
{
    const int minutes = m_time->currentData().toInt();
    if (minutes == AnyTime)
        return;
    query << std::pair(u"from"_s, apiTime(minutes == Between ? m_from->dateTime() : m_since));
    if (minutes == Between)
        query << std::pair(u"to"_s, apiTime(m_to->dateTime()));
}

QString TaskFilterBar::taskName() const { return m_name->currentData().toString(); }

QString TaskFilterBar::inWords() const
{
    QStringList words;
    for (const auto &[name, value] : query()) {
        if (name == u"name"_s)
            words << tr("named %1").arg(value);
        else if (name == u"record"_s)
            words << tr("of record %1").arg(value);
        else if (name == u"text"_s)
            words << tr("that contain “%1”").arg(value);
    }
    if (m_time->currentData().toInt() != AnyTime)
        words << tr("created in the chosen time");
    return words.join(u", "_s);
}

void TaskFilterBar::setNames(const QStringList &names)
{
    QStringList present;
    for (int i = 1; i < m_name->count(); ++i)
        present << m_name->itemData(i).toString();
    QStringList wanted = names;
    if (!taskName().isEmpty() && !wanted.contains(taskName()))
        wanted << taskName();
    if (wanted == present)
        return;
    const QSignalBlocker quiet(m_name);
    const QString chosen = taskName();
    while (m_name->count() > 1)
        m_name->removeItem(1);
    for (const QString &name : std::as_const(wanted))
        m_name->addItem(name, name);
    m_name->setCurrentIndex(std::max(0, m_name->findData(chosen)));
}

void TaskFilterBar::set(const QString &taskName, const QString &record)
{
    {
        const QSignalBlocker quietName(m_name), quietTime(m_time), quietText(m_text), quietRecord(m_record);
        if (!taskName.isEmpty() && m_name->findData(taskName) < 0)
            m_name->addItem(taskName, taskName);
        m_name->setCurrentIndex(std::max(0, m_name->findData(taskName)));
        m_record->setText(record);
        m_text->clear();
        m_time->setCurrentIndex(0);
    }
    m_from->hide();
    m_to->hide();
    edited();
}

void TaskFilterBar::clear() { set({}, {}); }

void TaskFilterBar::focusText()
{
    m_text->setFocus(Qt::ShortcutFocusReason);
    m_text->selectAll();
}

void TaskFilterBar::edited()
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
