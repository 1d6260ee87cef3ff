// SPDX-License-Identifier: GPL-3.0-only
#include "ui/sidebar.h"

#include "ui/colors.h"
#include "ui/icons.h"
#include "ui/page.h"

#include <QPainter>
#include <QSignalBlocker>
#include <QStyledItemDelegate>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

constexpr int pageRole = Qt::UserRole, badgeRole = Qt::UserRole + 1;
constexpr int rowHeight = 38, iconSize = 20;

// An icon, a title, and a number if there is one; the current row is a rounded plate.
class RowDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const override
    {
        return {option.rect.width(), rowHeight + 2};
    }

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Colors &colors = Colors::of(option.palette);
        const bool isCurrent = option.state & QStyle::State_Selected;
        const QRect plate = option.rect.adjusted(0, 1, 0, -1);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        if (isCurrent || option.state & QStyle::State_MouseOver) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(isCurrent ? colors.accentSoft : colors.raised);
            painter->drawRoundedRect(plate, 8, 8);
        }
        if (option.state & QStyle::State_HasFocus && isCurrent) {
            painter->setPen(QPen(colors.accent, 1.5));
            painter->setBrush(Qt::NoBrush);
            painter->drawRoundedRect(QRectF(plate).adjusted(1, 1, -1, -1), 7, 7);
        }
        const QColor ink = isCurrent && !colors.isDark ? colors.accent.darker(115)
            : isCurrent                                ? colors.accent
                                                       : colors.text;
        const QRect picture(plate.left() + 12, plate.center().y() - iconSize / 2 + 1, iconSize, iconSize);
        themedIcon(index.data(Qt::DecorationRole).toString(), isCurrent ? ink : colors.muted).paint(painter, picture);
        QFont font = option.font;
        font.setWeight(isCurrent ? QFont::DemiBold : QFont::Normal);
        painter->setFont(font);
        painter->setPen(ink);
        const QRect text = plate.adjusted(12 + iconSize + 12, 0, -12, 0);
        painter->drawText(text, Qt::AlignVCenter | Qt::AlignLeft, index.data().toString());
        paintBadge(painter, text, index.data(badgeRole).toInt(), colors);
        painter->restore();
    }

private:
    static void paintBadge(QPainter *painter, const QRect &row, int number, const Colors &colors)
    {
        if (number <= 0)
            return;
        const QString text = number > 999 ? u"999+"_s : QString::number(number);
        const int width = std::max(20, painter->fontMetrics().horizontalAdvance(text) + 12);
        const QRect pill(row.right() - width + 4, row.center().y() - 9, width, 19);
        painter->setPen(Qt::NoPen);
        painter->setBrush(colors.badSoft);
        painter->drawRoundedRect(pill, 9.5, 9.5);
        painter->setPen(colors.bad);
        painter->drawText(pill, Qt::AlignCenter, text);
    }
};

} // namespace

SideBar::SideBar(QWidget *parent)
    : QListWidget(parent)
{
    setObjectName(u"sideBar"_s);
    setAccessibleName(tr("Pages"));
    setItemDelegate(new RowDelegate(this));
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setMouseTracking(true);
    setUniformItemSizes(true);
    viewport()->setAutoFillBackground(false);
    connect(this, &QListWidget::currentRowChanged, this, [this] {
        if (Page *page = currentPage())
            Q_EMIT pageChosen(page);
    });
}

void SideBar::setPages(const QList<Page *> &pages)
{
    const Page *before = currentPage();
    const QSignalBlocker quiet(this);
    clear();
    for (Page *page : pages) {
        auto *item = new QListWidgetItem(page->title(), this);
        item->setData(Qt::DecorationRole, page->iconName());
        item->setData(pageRole, QVariant::fromValue<QObject *>(page));
        if (page == before)
            setCurrentItem(item);
        connect(page, &Page::badgeChanged, this, [this, page] { updateBadge(page); });
        updateBadge(page);
    }
}

void SideBar::setCurrentPage(Page *page) { setCurrentItem(itemOf(page)); }

Page *SideBar::currentPage() const
{
    return currentItem() ? qobject_cast<Page *>(currentItem()->data(pageRole).value<QObject *>()) : nullptr;
}

void SideBar::updateBadge(Page *page)
{
    if (auto *item = itemOf(page)) {
        item->setData(badgeRole, page->badge());
        item->setData(Qt::AccessibleTextRole,
                      page->badge() > 0 ? tr("%1, %2").arg(page->title()).arg(page->badge()) : page->title());
    }
}

QListWidgetItem *SideBar::itemOf(const Page *page) const
{
    for (int row = 0; row < count(); ++row) {
        if (item(row)->data(pageRole).value<QObject *>() == page)
            return item(row);
    }
    return nullptr;
}

} // namespace admin
