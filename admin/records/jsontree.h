// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "records/jsonscanner.h"

#include <QAbstractItemModel>
#include <QPointer>

#include <memory>

namespace admin {

/// A JSON text as a tree that reads only what is opened, a thousand members at a time, and large parts on another
/// thread: a text of many megabytes costs what is looked at.
class JsonTree : public QAbstractItemModel
{
    Q_OBJECT

public:
    enum Column { NameColumn, ValueColumn };
    enum Role { KindRole = Qt::UserRole + 1, TextRole };

    explicit JsonTree(QObject *parent = nullptr);
    ~JsonTree() override;

    void setJson(const QByteArray &json);
    /// The text of a value as it is written.
    QByteArray textAt(const QModelIndex &index) const;
    /// The way to a value, as JsonPath reads it.
    QString pathTo(const QModelIndex &index) const;

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &index) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    bool hasChildren(const QModelIndex &parent = {}) const override;
    bool canFetchMore(const QModelIndex &parent) const override;
    void fetchMore(const QModelIndex &parent) override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Node;
    struct Child;
    struct Batch;
    static Batch readBatch(const QByteArray &json, JsonScanner scanner, JsonKind kind);
    Node *nodeOf(const QModelIndex &index) const;
    void take(Node *node, const Batch &batch);
    QString valueText(const Node &node) const;

    QByteArray m_json;
    std::unique_ptr<Node> m_root;
    int m_era = 0;
};

} // namespace admin
