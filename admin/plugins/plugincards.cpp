// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/plugincards.h"

#include "plugins/plugincarddelegate.h"
#include "plugins/pluginwords.h"

#include <QJsonArray>
#include <QStandardItemModel>

using namespace Qt::StringLiterals;

namespace admin {

PluginCards::PluginCards(QWidget *parent)
    : QListView(parent)
    , m_cards(new QStandardItemModel(this))
{
    setModel(m_cards);
    setItemDelegate(new PluginCardDelegate(this));
    setFrameShape(QFrame::NoFrame);
    setStyleSheet(u"QListView { background: transparent; border: none; }"_s); // the cards are the surface
    setAccessibleName(tr("Plugins"));
    setMinimumWidth(280);
    setMouseTracking(true);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    connect(selectionModel(), &QItemSelectionModel::currentChanged, this, &PluginCards::chosenChanged);
}

void PluginCards::show(const QJsonArray &plugins)
{
    if (m_wanted.isEmpty())
        m_wanted = chosen()[u"id"_s].toString();
    m_cards->setColumnCount(1);
    m_cards->setRowCount(static_cast<int>(plugins.size()));
    for (int row = 0; row < plugins.size(); ++row) {
        const QJsonObject plugin = plugins[row].toObject();
        auto *item = m_cards->item(row);
        if (!item)
            m_cards->setItem(row, item = new QStandardItem);
        item->setData(plugin, PluginRole);
        // For screen readers, and to find it by typing.
        item->setText(tr("%1 %2, %3")
                          .arg(plugin[u"id"_s].toString(), plugin[u"version"_s].toString(),
                               pluginStateText(plugin[u"state"_s].toString())));
        item->setToolTip(pluginReason(plugin).toHtmlEscaped());
    }
    settle();
    Q_EMIT chosenChanged();
}

void PluginCards::choose(const QString &id)
{
    m_wanted = id;
    settle();
}

/// The first one, if what is wanted is not there and nothing is chosen.
void PluginCards::settle()
{
    for (int row = 0; row < m_cards->rowCount(); ++row) {
        const QModelIndex index = m_cards->index(row, 0);
        if (index.data(PluginRole).toJsonObject()[u"id"_s] != m_wanted)
            continue;
        m_wanted.clear();
        return setCurrentIndex(index);
    }
    if (!currentIndex().isValid())
        setCurrentIndex(m_cards->index(0, 0));
}

QJsonObject PluginCards::chosen() const { return currentIndex().data(PluginRole).toJsonObject(); }

} // namespace admin
