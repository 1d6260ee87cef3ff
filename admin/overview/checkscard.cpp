// SPDX-License-Identifier: GPL-3.0-only
#include "overview/checkscard.h"

#include "ui/badge.h"
#include "ui/times.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

QLabel *labelOf(const QString &text, const QString &role, QWidget *parent)
{
    auto *label = new QLabel(text, parent);
    label->setProperty("role", role);
    label->setTextFormat(Qt::PlainText);
    return label;
}

QWidget *rowOf(const QJsonObject &check, QWidget *parent)
{
    const bool isOk = check[u"status"_s].toString() == u"ok"_s;
    const bool isVital = check[u"vital"_s].toBool();
    const QString detail = check[u"detail"_s].toString();
    auto *row = new QWidget(parent);
    auto *layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    auto *name = labelOf(check[u"name"_s].toString(), QString(), row);
    layout->addWidget(name);
    if (!detail.isEmpty()) {
        auto *words = labelOf(detail, u"muted"_s, row);
        words->setWordWrap(true);
        layout->addWidget(words, 1);
    } else {
        layout->addStretch();
    }
    layout->addWidget(new Badge(isOk ? ChecksCard::tr("ok") : ChecksCard::tr("failed"),
                                isOk          ? Tone::Good
                                    : isVital ? Tone::Bad
                                              : Tone::Warning,
                                row));
    return row;
}

} // namespace

ChecksCard::ChecksCard(QWidget *parent)
    : QFrame(parent)
    , m_checks(new QVBoxLayout)
    , m_facts(new QGridLayout)
{
    setProperty("role", u"card"_s);
    m_checks->setSpacing(8);
    m_facts->setHorizontalSpacing(16);
    m_facts->setVerticalSpacing(6);
    m_facts->setColumnStretch(1, 1);
    auto *line = new QFrame(this);
    line->setProperty("role", u"line"_s);
    line->setFixedHeight(1);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(18, 14, 18, 16);
    layout->setSpacing(12);
    layout->addWidget(labelOf(tr("Health"), u"muted"_s, this));
    layout->addLayout(m_checks);
    layout->addWidget(line);
    layout->addLayout(m_facts);
    layout->addStretch();
}

void ChecksCard::setChecks(const QJsonArray &checks)
{
    if (!checks.isEmpty() && checks != m_shown)
        showChecks(checks);
}

void ChecksCard::clear()
{
    showChecks({});
    for (int row = 0; row < m_facts->rowCount(); ++row) {
        if (QLayoutItem *value = m_facts->itemAtPosition(row, 1))
            qobject_cast<QLabel *>(value->widget())->clear();
    }
}

void ChecksCard::showChecks(const QJsonArray &checks)
{
    m_shown = checks;
    while (QLayoutItem *item = m_checks->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (const auto &check : checks)
        m_checks->addWidget(rowOf(check.toObject(), this));
}

void ChecksCard::setServer(const QJsonObject &server)
{
    setChecks(server[u"checks"_s].toArray());
    const auto database = server[u"database"_s].toObject(), queue = server[u"queue"_s].toObject(),
               counters = server[u"counters"_s].toObject();
    QStringList listening;
    for (const auto addresses = server[u"listening"_s].toArray(); const auto &address : addresses)
        listening << address.toString();
    int row = 0;
    setFact(row++, tr("Listens at"), listening.join(u", "_s));
    setFact(row++, tr("Database"), database[u"url"_s].toString(database[u"kind"_s].toString()));
    setFact(row++, tr("Queue"),
            queue[u"kind"_s].toString() == u"celery"_s ? queue[u"url"_s].toString() : tr("in the database"));
    setFact(row++, tr("Counters"),
            counters[u"kind"_s].toString() == u"redis"_s ? counters[u"url"_s].toString() : tr("in the database"));
    setFact(row++, tr("Data"), server[u"data_dir"_s].toString());
    setFact(row++, tr("Process"), tr("%1 on %2").arg(server[u"pid"_s].toInteger()).arg(server[u"host"_s].toString()));
    setFact(row++, tr("Started"), exactTime(timeOf(server[u"started"_s].toString())).left(19));
}

void ChecksCard::setFact(int row, const QString &name, const QString &value)
{
    QLayoutItem *present = m_facts->itemAtPosition(row, 1);
    if (!present) {
        m_facts->addWidget(labelOf(name, u"muted"_s, this), row, 0, Qt::AlignTop);
        auto *label = labelOf({}, QString(), this);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        label->setAccessibleName(name);
        m_facts->addWidget(label, row, 1);
        present = m_facts->itemAtPosition(row, 1);
    }
    auto *label = qobject_cast<QLabel *>(present->widget());
    label->setText(value);
    label->setToolTip(value);
}

} // namespace admin
