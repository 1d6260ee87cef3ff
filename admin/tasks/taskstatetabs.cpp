// SPDX-License-Identifier: GPL-3.0-only
#include "tasks/taskstatetabs.h"

#include "tasks/taskstate.h"
#include "ui/times.h"

using namespace Qt::StringLiterals;

namespace admin {

TaskStateTabs::TaskStateTabs(QWidget *parent)
    : TabBar(tr("State of the tasks"), parent)
{
    setUsesScrollButtons(true);
    addTab(tr("All"));
    setTabData(0, QString());
    for (const QString &state : taskStates())
        setTabData(addTab(taskStateText(state)), state);
    connect(this, &QTabBar::currentChanged, this, [this] { Q_EMIT stateChosen(state()); });
}

QString TaskStateTabs::state() const { return tabData(currentIndex()).toString(); }

void TaskStateTabs::setState(const QString &state)
{
    for (int tab = 0; tab < count(); ++tab) {
        if (tabData(tab).toString() == state)
            setCurrentIndex(tab);
    }
}

void TaskStateTabs::setCounts(const QJsonObject &counts)
{
    m_counts = counts;
    for (int tab = 0; tab < count(); ++tab) {
        const QString state = tabData(tab).toString();
        const QString word = state.isEmpty() ? tr("All") : taskStateText(state);
        setTabText(tab, counts.isEmpty() ? word : word + u"  "_s + countText(countOf(state)));
        setTabToolTip(tab, state.isEmpty() ? tr("Tasks in all states") : tr("Tasks that are “%1”").arg(word));
    }
}

qint64 TaskStateTabs::countOf(const QString &state) const
{
    if (!state.isEmpty())
        return m_counts[state].toInteger();
    qint64 sum = 0;
    for (const auto &count : m_counts)
        sum += count.toInteger();
    return sum;
}

} // namespace admin
