// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/gatelist.h"

#include "ui/iconlabel.h"

#include <QGridLayout>
#include <QLabel>
#include <QStyle>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

struct Known
{
    const char *gate;
    const char *title;
    const char *meaning;
};

/// In the order of the server.
constexpr Known known[] = {
    {"take", QT_TRANSLATE_NOOP("admin::GateList", "Taken over"),
     QT_TRANSLATE_NOOP("admin::GateList", "The file is whole and has a name that can be an id")},
    {"lint", QT_TRANSLATE_NOOP("admin::GateList", "Read, not run"),
     QT_TRANSLATE_NOOP("admin::GateList", "Made for this machine and this server, and exports nothing else")},
    {"trust", QT_TRANSLATE_NOOP("admin::GateList", "Trusted"),
     QT_TRANSLATE_NOOP("admin::GateList", "Signed or listed, where the server wants that")},
    {"metadata", QT_TRANSLATE_NOOP("admin::GateList", "Says who it is"),
     QT_TRANSLATE_NOOP("admin::GateList", "Its id, version, requirements and settings")},
    {"probe", QT_TRANSLATE_NOOP("admin::GateList", "Tried apart"),
     QT_TRANSLATE_NOOP("admin::GateList", "Loaded in a process of its own, without secrets")},
    {"plan", QT_TRANSLATE_NOOP("admin::GateList", "Fits in"),
     QT_TRANSLATE_NOOP("admin::GateList", "Its routes, tasks and migrations do not clash with the others")},
    {"live", QT_TRANSLATE_NOOP("admin::GateList", "Live"),
     QT_TRANSLATE_NOOP("admin::GateList", "New workers serve it")},
};

} // namespace

GateList::GateList(QWidget *parent)
    : QWidget(parent)
    , m_grid(new QGridLayout(this))
{
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(10);
    m_grid->setVerticalSpacing(8);
    m_grid->setColumnStretch(2, 1);
    for (const Known &gate : known)
        rowOf(QString::fromLatin1(gate.gate));
    reset();
}

/// A gate that a later server adds gets a row of its own.
GateList::Row &GateList::rowOf(const QString &gate)
{
    if (const auto found = m_rows.find(gate); found != m_rows.end())
        return *found;
    const auto *about = std::find_if(std::begin(known), std::end(known),
                                     [&](const Known &one) { return gate == QLatin1StringView(one.gate); });
    Row row{new IconLabel(u"dot"_s, 16, this), new QLabel(gate, this), new QLabel(this), {}};
    if (about != std::end(known)) {
        row.title->setText(tr(about->title));
        row.detail->setProperty("meaning", tr(about->meaning));
    }
    row.detail->setWordWrap(true);
    row.detail->setTextFormat(Qt::PlainText);
    row.detail->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    const int line = m_grid->rowCount();
    m_grid->addWidget(row.icon, line, 0, Qt::AlignTop);
    m_grid->addWidget(row.title, line, 1, Qt::AlignTop);
    m_grid->addWidget(row.detail, line, 2, Qt::AlignTop);
    return *m_rows.insert(gate, row);
}

void GateList::reset()
{
    for (Row &row : m_rows) {
        row.status = u"waiting"_s;
        row.detail->setText(row.detail->property("meaning").toString());
        dress(row);
    }
}

void GateList::show(const Gate &gate)
{
    Row &row = rowOf(gate.name);
    row.status = gate.status;
    QString text = gate.detail.isEmpty() ? row.detail->property("meaning").toString() : gate.detail;
    if (!gate.remedy.isEmpty())
        text += u'\n' + gate.remedy;
    row.detail->setText(text);
    dress(row);
}

void GateList::end()
{
    for (Row &row : m_rows) {
        if (row.status != u"waiting"_s)
            continue;
        row.status = u"skipped"_s;
        dress(row);
    }
}

void GateList::dress(Row &row)
{
    const bool isPassed = row.status == u"passed"_s;
    const bool isFailed = row.status == u"failed"_s;
    row.icon->set(isPassed       ? u"ok"_s
                      : isFailed ? u"error"_s
                                 : u"dot"_s,
                  isPassed       ? Tone::Good
                      : isFailed ? Tone::Bad
                                 : Tone::Neutral);
    row.detail->setProperty("role", isFailed ? u"bad"_s : u"muted"_s);
    row.detail->style()->unpolish(row.detail); // the style sheet looks at the role only then
    row.detail->style()->polish(row.detail);
    row.icon->setAccessibleName(tr("%1: %2").arg(row.title->text(), row.status));
}

QString GateList::statusOf(const QString &gate) const { return m_rows.value(gate).status; }

} // namespace admin
