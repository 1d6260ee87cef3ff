// SPDX-License-Identifier: GPL-3.0-only
#include "records/recordtable.h"

#include "records/recordmodel.h"
#include "ui/colors.h"
#include "ui/filedrop.h"

#include <QDragEnterEvent>
#include <QHeaderView>
#include <QMimeData>
#include <QPainter>
#include <QScrollBar>
#include <QSettings>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

constexpr qint64 mostCopied = 2000;

// What is for another page is left to the window.
QStringList filesIn(const QMimeData *data)
{
    const FileDrop drop = fileDropOf(data);
    return drop.page == u"records" ? drop.what[u"import"_s].toVariant().toStringList() : QStringList();
}

} // namespace

RecordTable::RecordTable(QWidget *parent)
    : TableView(tr("Records"), parent)
{
    setAcceptDrops(true);
    setDropIndicatorShown(false);
    horizontalHeader()->setSortIndicatorShown(true);
    horizontalHeader()->setSectionsClickable(true);
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this, &RecordTable::tellSeen);
    connect(horizontalHeader(), &QHeaderView::sectionResized, this,
            [this](int column, int, int width) { saveWidth(column, width); });
}

void RecordTable::setRecords(RecordModel *model)
{
    m_records = model;
    setModel(model);
    connect(model, &QAbstractItemModel::modelReset, this, [this] {
        applyWidths();
        tellSeen();
    });
    connect(model, &QAbstractItemModel::rowsInserted, this, &RecordTable::tellSeen);
    applyWidths();
}

void RecordTable::tellSeen()
{
    const int first = rowAt(0);
    const int last = rowAt(viewport()->height() - 1);
    if (first >= 0)
        m_records->showRows(first, last < 0 ? model()->rowCount() - 1 : last);
}

QList<RowRange> RecordTable::selectedRanges() const
{
    QList<RowRange> ranges;
    for (const QItemSelectionRange &range : selectionModel()->selection())
        ranges << RowRange{range.top(), range.bottom()};
    std::ranges::sort(ranges, {}, &RowRange::first);
    QList<RowRange> merged; // each row once
    for (const RowRange &range : std::as_const(ranges)) {
        if (!merged.isEmpty() && range.first <= merged.last().last + 1)
            merged.last().last = std::max(merged.last().last, range.last);
        else
            merged << range;
    }
    return merged;
}

bool RecordTable::isCopyable() const
{
    const auto ranges = selectedRanges();
    if (rowsIn(ranges) > mostCopied)
        return false;
    for (const RowRange &range : ranges) {
        for (qint64 row = range.first; row <= range.last; ++row) {
            if (!m_records->rowAt(static_cast<int>(row)))
                return false;
        }
    }
    return true;
}

void RecordTable::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy) && !isCopyable())
        Q_EMIT copyRefused();
    else
        TableView::keyPressEvent(event);
}

void RecordTable::resizeEvent(QResizeEvent *event)
{
    TableView::resizeEvent(event);
    if (m_records)
        tellSeen();
}

void RecordTable::selectionChanged(const QItemSelection &selected, const QItemSelection &deselected)
{
    TableView::selectionChanged(selected, deselected);
    Q_EMIT selectionMoved();
}

void RecordTable::keepWidths(const QString &connection)
{
    m_connection = connection;
    if (m_records)
        applyWidths();
}

// Columns come and go with the paths, so that each width is kept under the title of its column.
void RecordTable::applyWidths()
{
    m_isApplying = true;
    const QSettings settings;
    for (int column = 0; column < model()->columnCount(); ++column) {
        const QString title = model()->headerData(column, Qt::Horizontal).toString();
        const int usual = column == RecordModel::IdColumn ? 92
            : column == RecordModel::CreatedColumn        ? 118
            : column == RecordModel::SizeColumn           ? 84
                                                          : 140;
        const int kept = settings
                             .value(u"records/%1/widths/%2"_s.arg(m_connection,
                                                                  QString::fromLatin1(title.toUtf8().toHex())))
                             .toInt();
        setColumnWidth(column, kept > 20 ? kept : usual);
    }
    m_isApplying = false;
}

void RecordTable::saveWidth(int column, int width)
{
    if (m_isApplying || m_connection.isEmpty() || column >= model()->columnCount() - 1)
        return; // the last takes the room there is
    const QString title = model()->headerData(column, Qt::Horizontal).toString();
    QSettings().setValue(u"records/%1/widths/%2"_s.arg(m_connection, QString::fromLatin1(title.toUtf8().toHex())),
                         width);
}

void RecordTable::dragEnterEvent(QDragEnterEvent *event)
{
    if (!m_areDropsAllowed || filesIn(event->mimeData()).isEmpty())
        return event->ignore();
    m_isDragOver = true;
    viewport()->update();
    event->acceptProposedAction();
}

void RecordTable::dragMoveEvent(QDragMoveEvent *event) { event->setAccepted(m_isDragOver); }

void RecordTable::dragLeaveEvent(QDragLeaveEvent *)
{
    m_isDragOver = false;
    viewport()->update();
}

void RecordTable::dropEvent(QDropEvent *event)
{
    m_isDragOver = false;
    viewport()->update();
    const QStringList files = filesIn(event->mimeData());
    if (!m_areDropsAllowed || files.isEmpty())
        return event->ignore();
    event->setDropAction(Qt::CopyAction);
    event->accept();
    Q_EMIT filesDropped(files);
}

void RecordTable::paintEvent(QPaintEvent *event)
{
    TableView::paintEvent(event);
    if (!m_isDragOver)
        return;
    const Colors &colors = Colors::of(palette());
    QPainter painter(viewport());
    painter.setRenderHint(QPainter::Antialiasing);
    QColor veil = colors.accentSoft;
    veil.setAlpha(220);
    painter.setBrush(veil);
    painter.setPen(QPen(colors.accent, 2, Qt::DashLine));
    painter.drawRoundedRect(viewport()->rect().adjusted(10, 10, -10, -10), 10, 10);
    painter.setPen(colors.accent);
    painter.drawText(viewport()->rect(), Qt::AlignCenter, tr("Drop JSON or NDJSON files to import them"));
}

} // namespace admin
