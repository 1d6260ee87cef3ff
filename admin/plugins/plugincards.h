// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QJsonObject>
#include <QListView>

class QStandardItemModel;

namespace admin {

/// The plugins of the server as cards, one of which is chosen.
class PluginCards : public QListView
{
    Q_OBJECT

public:
    explicit PluginCards(QWidget *parent = nullptr);

    /// What is chosen stays chosen, if it is still there.
    void show(const QJsonArray &plugins);
    /// Chooses this one as soon as it is there.
    void choose(const QString &id);
    /// Empty if there is none.
    QJsonObject chosen() const;

Q_SIGNALS:
    /// Another one, or the same with news.
    void chosenChanged();

private:
    void settle();

    QStandardItemModel *m_cards;
    QString m_wanted;
};

} // namespace admin
