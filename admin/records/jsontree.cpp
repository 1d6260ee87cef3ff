// SPDX-License-Identifier: GPL-3.0-only
#include "records/jsontree.h"

#include "records/background.h"
#include "records/jsonpath.h"
#include "ui/times.h"

#include <vector>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

constexpr int batchSize = 1000;
constexpr qsizetype smallContainer = 128 * 1024; // read at once: far below a frame
constexpr qsizetype shownLength = 1000;

bool isContainer(JsonKind kind) { return kind == JsonKind::ObjectBegin || kind == JsonKind::ArrayBegin; }

} // namespace

struct JsonTree::Child
{
    QString name;
    JsonToken value;
};

struct JsonTree::Batch
{
    JsonScanner scanner; ///< goes on from here
    QList<Child> children;
    bool isAtEnd = false;
};

struct JsonTree::Node
{
    Node *parent = nullptr;
    int row = 0;
    QString name;
    JsonToken value;
    std::vector<std::unique_ptr<Node>> children = {};
    std::unique_ptr<JsonScanner> scanner = {};
    bool isComplete = false, isFetching = false;
};

JsonTree::JsonTree(QObject *parent)
    : QAbstractItemModel(parent)
{
}

JsonTree::~JsonTree() = default;

void JsonTree::setJson(const QByteArray &json)
{
    beginResetModel();
    ++m_era;
    m_json = json;
    m_root.reset();
    JsonScanner scanner(m_json);
    const JsonToken first = scanner.next();
    if (first.kind != JsonKind::Fault) {
        m_root = std::make_unique<Node>();
        // The end of a container is not looked for: that would be reading all of it.
        m_root->value = {first.kind, first.begin, isContainer(first.kind) ? m_json.size() : first.end};
        if (!isContainer(first.kind)) { // a value alone is its own member
            m_root->children.push_back(std::make_unique<Node>(Node{m_root.get(), 0, {}, m_root->value}));
            m_root->isComplete = true;
        }
    }
    endResetModel();
}

JsonTree::Batch JsonTree::readBatch(const QByteArray &json, JsonScanner scanner, JsonKind kind)
{
    Batch batch{scanner, {}, false};
    while (batch.children.size() < batchSize) {
        Child child;
        if (kind == JsonKind::ObjectBegin) {
            const JsonToken key = batch.scanner.next();
            batch.isAtEnd = key.kind != JsonKind::Key;
            if (!batch.isAtEnd)
                child.name = jsonStringText(QByteArrayView(json).sliced(key.begin, key.end - key.begin), shownLength);
        }
        if (!batch.isAtEnd)
            child.value = batch.scanner.nextValue();
        batch.isAtEnd = batch.isAtEnd || child.value.kind == JsonKind::ArrayEnd || child.value.kind == JsonKind::Fault;
        if (batch.isAtEnd)
            break;
        batch.children << child;
    }
    return batch;
}

bool JsonTree::canFetchMore(const QModelIndex &parent) const
{
    const Node *node = nodeOf(parent);
    return node && isContainer(node->value.kind) && !node->isComplete && !node->isFetching;
}

void JsonTree::fetchMore(const QModelIndex &parent)
{
    if (!canFetchMore(parent))
        return;
    Node *node = nodeOf(parent);
    node->isFetching = true;
    if (!node->scanner) {
        node->scanner = std::make_unique<JsonScanner>(QByteArrayView(m_json).first(node->value.end), node->value.begin);
        node->scanner->next();
    }
    const auto read = [json = m_json, scanner = *node->scanner, kind = node->value.kind] {
        return readBatch(json, scanner, kind);
    };
    if (node->value.end - node->value.begin <= smallContainer) {
        take(node, read());
        return;
    }
    inBackground(this, read, [this, node, era = m_era](const Batch &batch) {
        if (era == m_era)
            take(node, batch);
    });
}

void JsonTree::take(Node *node, const Batch &batch)
{
    node->isFetching = false;
    node->isComplete = batch.isAtEnd;
    *node->scanner = batch.scanner;
    if (batch.children.isEmpty())
        return;
    const int first = static_cast<int>(node->children.size());
    const QModelIndex index = node->parent ? createIndex(node->row, 0, node) : QModelIndex();
    beginInsertRows(index, first, first + static_cast<int>(batch.children.size()) - 1);
    for (const Child &child : batch.children) {
        const int row = static_cast<int>(node->children.size());
        node->children.push_back(std::make_unique<Node>(Node{node, row, child.name, child.value}));
    }
    endInsertRows();
}

JsonTree::Node *JsonTree::nodeOf(const QModelIndex &index) const
{
    return index.isValid() ? static_cast<Node *>(index.internalPointer()) : m_root.get();
}

QModelIndex JsonTree::index(int row, int column, const QModelIndex &parent) const
{
    const Node *node = nodeOf(parent);
    if (!node || row < 0 || row >= static_cast<int>(node->children.size()) || column < 0 || column > ValueColumn)
        return {};
    return createIndex(row, column, node->children[static_cast<size_t>(row)].get());
}

QModelIndex JsonTree::parent(const QModelIndex &index) const
{
    Node *parent = index.isValid() ? nodeOf(index)->parent : nullptr;
    return parent && parent->parent ? createIndex(parent->row, 0, parent) : QModelIndex();
}

int JsonTree::rowCount(const QModelIndex &parent) const
{
    const Node *node = nodeOf(parent);
    return node && parent.column() <= 0 ? static_cast<int>(node->children.size()) : 0;
}

int JsonTree::columnCount(const QModelIndex &) const { return 2; }

bool JsonTree::hasChildren(const QModelIndex &parent) const
{
    const Node *node = nodeOf(parent);
    if (!node || parent.column() > 0)
        return false;
    // "{}" and "[]" have nothing to open.
    return !node->children.empty()
        || (isContainer(node->value.kind) && !node->isComplete && node->value.end - node->value.begin > 2);
}

QString JsonTree::valueText(const Node &node) const
{
    const QByteArrayView text = QByteArrayView(m_json).sliced(node.value.begin, node.value.end - node.value.begin);
    if (node.value.kind == JsonKind::String)
        return jsonStringText(text, shownLength);
    if (!isContainer(node.value.kind))
        return QString::fromUtf8(text.first(std::min(text.size(), shownLength)));
    return jsonCell(m_json, node.value, 200);
}

QVariant JsonTree::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const Node &node = *nodeOf(index);
    if (role == KindRole)
        return static_cast<int>(node.value.kind);
    if (role != Qt::DisplayRole && role != Qt::AccessibleTextRole)
        return {};
    if (index.column() == ValueColumn)
        return valueText(node);
    const bool isInObject = node.parent->value.kind == JsonKind::ObjectBegin;
    const bool isAlone = !isContainer(node.parent->value.kind);
    return isAlone ? tr("value") : isInObject ? node.name : QString::number(node.row);
}

QVariant JsonTree::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == NameColumn ? tr("Name") : tr("Value");
}

QByteArray JsonTree::textAt(const QModelIndex &index) const
{
    const Node *node = nodeOf(index);
    return node ? m_json.sliced(node->value.begin, node->value.end - node->value.begin) : QByteArray();
}

QString JsonTree::pathTo(const QModelIndex &index) const
{
    QString path;
    for (const Node *node = index.isValid() ? nodeOf(index) : nullptr; node && node->parent; node = node->parent) {
        if (node->parent->value.kind == JsonKind::ArrayBegin) {
            path.prepend(u"[%1]"_s.arg(node->row));
        } else if (node->parent->value.kind == JsonKind::ObjectBegin) {
            const QString name = JsonPath::ofName(node->name).text();
            path.prepend(node->parent->parent ? u'.' + name : name);
        }
    }
    return path;
}

} // namespace admin
