// SPDX-License-Identifier: GPL-3.0-only
#include "ui/tableview.h"

#include "ui/celldelegate.h"
#include "ui/command.h"
#include "ui/icons.h"
#include "ui/pagedmodel.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHeaderView>
#include <QMenu>
#include <QScrollBar>
#include <QSettings>

using namespace Qt::StringLiterals;

namespace admin {

TableView::TableView(const QString &accessibleName, QWidget *parent)
    : QTableView(parent)
{
    setAccessibleName(accessibleName);
    setItemDelegate(new CellDelegate(this));
    setShowGrid(false);
    setWordWrap(false);
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setEditTriggers(NoEditTriggers);
    setHorizontalScrollMode(ScrollPerPixel);
    setVerticalScrollMode(ScrollPerPixel);
    setTabKeyNavigation(false); // Tab leaves the table
    setMouseTracking(true);
    setProperty("hoveredRow", -1);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 18);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setSectionsMovable(true);
    horizontalHeader()->setStretchLastSection(true);
    horizontalHeader()->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(horizontalHeader(), &QWidget::customContextMenuRequested, this, &TableView::showColumnMenu);
    connect(this, &QTableView::doubleClicked, this, &TableView::opened);
    connect(this, &QTableView::entered, this, [this](const QModelIndex &index) {
        setProperty("hoveredRow", index.row());
        viewport()->update();
    });
    connect(this, &QTableView::viewportEntered, this, [this] {
        setProperty("hoveredRow", -1);
        viewport()->update();
    });
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this, &TableView::fetchAhead);
}

void TableView::setModel(QAbstractItemModel *model)
{
    QTableView::setModel(model);
    if (const auto *paged = qobject_cast<PagedModel *>(model)) {
        for (int column = 0; column < paged->columnCount(); ++column)
            setColumnWidth(column, paged->columns()[column].width);
    }
    if (!model)
        return;
    connect(model, &QAbstractItemModel::rowsInserted, this, &TableView::fetchAhead, Qt::QueuedConnection);
    connect(model, &QAbstractItemModel::rowsAboutToBeInserted, this, &TableView::holdPlace);
    connect(model, &QAbstractItemModel::rowsAboutToBeRemoved, this, &TableView::holdPlace);
    connect(model, &QAbstractItemModel::rowsInserted, this, &TableView::restorePlace);
    connect(model, &QAbstractItemModel::rowsRemoved, this, &TableView::restorePlace);
}

// Who reads further down goes on reading the same rows while others come above; at the top one sees what comes.
void TableView::holdPlace()
{
    m_place = verticalScrollBar()->value() > 0 ? indexAt({0, 0}) : QModelIndex();
    m_placeOffset = m_place.isValid() ? rowViewportPosition(m_place.row()) : 0;
}

void TableView::restorePlace()
{
    if (!m_place.isValid())
        return;
    updateGeometries(); // else the bar ends where it ended before
    verticalScrollBar()->setValue(verticalHeader()->sectionPosition(m_place.row()) - m_placeOffset);
}

void TableView::keepColumns(const QString &key)
{
    m_key = u"columns/"_s + key;
    const QByteArray state = QSettings().value(m_key).toByteArray();
    // Of another version of this program, with other columns, it would mix them up.
    const bool fits = QSettings().value(m_key + u"-count"_s).toInt() == horizontalHeader()->count();
    if (fits && !state.isEmpty())
        horizontalHeader()->restoreState(state);
    connect(horizontalHeader(), &QHeaderView::sectionResized, this, &TableView::saveColumns);
    connect(horizontalHeader(), &QHeaderView::sectionMoved, this, &TableView::saveColumns);
}

void TableView::saveColumns() const
{
    QSettings settings;
    settings.setValue(m_key, horizontalHeader()->saveState());
    settings.setValue(m_key + u"-count"_s, horizontalHeader()->count());
}

QList<int> TableView::selectedRows() const
{
    QList<int> rows;
    if (selectionModel()) {
        for (const auto &range : selectionModel()->selection()) {
            for (int row = range.top(); row <= range.bottom(); ++row)
                rows << row;
        }
    }
    std::ranges::sort(rows);
    const auto twice = std::ranges::unique(rows);
    rows.erase(twice.begin(), twice.end());
    return rows;
}

QString TableView::selectionAsText() const
{
    const auto rows = selectedRows();
    if (rows.isEmpty())
        return currentIndex().data().toString();
    const auto line = [this](const auto &cell) {
        QStringList cells;
        for (int visual = 0; visual < horizontalHeader()->count(); ++visual) {
            const int column = horizontalHeader()->logicalIndex(visual);
            if (!isColumnHidden(column))
                cells << QString(cell(column)).replace(u'\t', u' ').replace(u'\n', u' ');
        }
        return cells.join(u'\t');
    };
    QStringList lines{line([this](int column) { return model()->headerData(column, Qt::Horizontal).toString(); })};
    for (const int row : rows)
        lines << line([this, row](int column) { return model()->index(row, column).data().toString(); });
    return lines.join(u'\n') + u'\n';
}

void TableView::copy() const { QApplication::clipboard()->setText(selectionAsText()); }

void TableView::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy)) {
        copy();
    } else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && currentIndex().isValid()
               && !(event->modifiers() & Qt::ControlModifier)) {
        Q_EMIT opened(currentIndex());
    } else {
        QTableView::keyPressEvent(event);
    }
}

void TableView::contextMenuEvent(QContextMenuEvent *event)
{
    const bool isByKey = event->reason() == QContextMenuEvent::Keyboard;
    const QModelIndex at = isByKey ? currentIndex() : indexAt(event->pos());
    if (!at.isValid())
        return;
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (Command *command : std::as_const(m_commands)) {
        if (command)
            menu->addAction(command);
        else
            menu->addSeparator();
    }
    menu->addSeparator();
    menu->addAction(themedIcon(u"copy"_s), tr("Copy rows"), this, &TableView::copy);
    menu->addAction(tr("Copy “%1”").arg(at.data().toString().left(30)), this,
                    [text = at.data().toString()] { QApplication::clipboard()->setText(text); });
    menu->popup(isByKey ? viewport()->mapToGlobal(visualRect(at).center()) : event->globalPos());
}

void TableView::showColumnMenu(const QPoint &at)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (int column = 0; column < model()->columnCount(); ++column) {
        QAction *action = menu->addAction(model()->headerData(column, Qt::Horizontal).toString());
        action->setCheckable(true);
        action->setChecked(!isColumnHidden(column));
        action->setEnabled(isColumnHidden(column)
                           || horizontalHeader()->hiddenSectionCount() + 1 < horizontalHeader()->count());
        connect(action, &QAction::toggled, this, [this, column](bool isShown) {
            setColumnHidden(column, !isShown);
            if (!m_key.isEmpty())
                saveColumns();
        });
    }
    menu->popup(horizontalHeader()->mapToGlobal(at));
}

void TableView::resizeEvent(QResizeEvent *event)
{
    QTableView::resizeEvent(event);
    fetchAhead();
}

// A screen before the end, so that scrolling meets rows and not an end that moves.
void TableView::fetchAhead()
{
    const auto *bar = verticalScrollBar();
    if (model() && bar->maximum() - bar->value() < 2 * viewport()->height() && model()->canFetchMore(rootIndex()))
        model()->fetchMore(rootIndex());
}

} // namespace admin
