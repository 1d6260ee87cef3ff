// SPDX-License-Identifier: GPL-3.0-only
#include "ui/palette.h"

#include "ui/colors.h"
#include "ui/command.h"
#include "ui/fuzzy.h"
#include "ui/palettedelegate.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

// The text itself counts most; where it is and other words for it help.
std::optional<FuzzyMatch> match(const QString &typed, const CommandPalette::Entry &entry)
{
    auto best = fuzzyMatch(typed, entry.command->text());
    const auto wide = fuzzyMatch(typed, entry.place + u' ' + entry.command->text() + u' ' + entry.command->keywords());
    if (wide && (!best || wide->score - 10 > best->score))
        best = FuzzyMatch{wide->score - 10, {}};
    if (best && !entry.command->isEnabled())
        best->score -= 6;
    return best;
}

} // namespace

CommandPalette::CommandPalette(const QList<Entry> &entries, QWidget *parent)
    : QDialog(parent, Qt::Popup | Qt::FramelessWindowHint)
    , m_entries(entries)
    , m_input(new QLineEdit(this))
    , m_list(new QListWidget(this))
{
    setObjectName(u"commandPalette"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setAttribute(Qt::WA_TranslucentBackground);
    setAccessibleName(tr("Commands"));
    m_input->setPlaceholderText(tr("What do you want to do?"));
    m_input->setAccessibleName(tr("Search for a command"));
    m_input->setClearButtonEnabled(true);
    m_input->installEventFilter(this);
    m_list->setAccessibleName(tr("Commands that match"));
    m_list->setItemDelegate(new PaletteDelegate(m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setStyleSheet(u"QListView { background: transparent; border: none; }"_s);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setMouseTracking(true);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(14, 14, 14, 14);
    layout->setSpacing(10);
    layout->addWidget(m_input);
    layout->addWidget(m_list, 1);
    connect(m_input, &QLineEdit::textChanged, this, &CommandPalette::filter);
    connect(m_list, &QListWidget::itemClicked, this, &CommandPalette::run);
    filter({});
    const QSize window = parent->window()->size();
    resize(std::min(620, window.width() - 40), std::min(440, window.height() - 80));
    move(parent->window()->mapToGlobal(QPoint((window.width() - width()) / 2, window.height() / 8)));
    m_input->setFocus();
}

void CommandPalette::add(const Entry &entry)
{
    m_entries << entry;
    filter(m_input->text());
}

void CommandPalette::filter(const QString &typed)
{
    struct Hit
    {
        int entry;
        FuzzyMatch match;
    };
    QList<Hit> hits;
    for (int i = 0; i < m_entries.size(); ++i) {
        if (!m_entries[i].command)
            continue;
        if (auto found = match(typed, m_entries[i]))
            hits << Hit{i, *found};
    }
    std::ranges::stable_sort(hits, [](const Hit &a, const Hit &b) { return a.match.score > b.match.score; });
    m_list->clear();
    for (const Hit &hit : std::as_const(hits)) {
        const Entry &entry = m_entries[hit.entry];
        auto *item = new QListWidgetItem(entry.command->text(), m_list);
        item->setData(PaletteDelegate::EntryRole, hit.entry);
        item->setData(PaletteDelegate::PlaceRole, entry.place);
        item->setData(PaletteDelegate::ShortcutRole, entry.command->shortcut().toString(QKeySequence::NativeText));
        item->setData(PaletteDelegate::WhyNotRole, entry.command->whyNot());
        item->setData(PaletteDelegate::PositionsRole, QVariant::fromValue(hit.match.positions));
        item->setIcon(entry.command->icon());
    }
    m_list->setCurrentRow(0);
}

void CommandPalette::run(const QListWidgetItem *item)
{
    if (!item)
        return;
    const Entry entry = m_entries[item->data(PaletteDelegate::EntryRole).toInt()];
    if (!entry.command || !entry.command->isEnabled())
        return; // why not is written beside it
    close();
    if (entry.prepare)
        entry.prepare();
    if (entry.command)
        entry.command->trigger();
}

bool CommandPalette::eventFilter(QObject *watched, QEvent *event)
{
    if (watched != m_input || event->type() != QEvent::KeyPress)
        return QDialog::eventFilter(watched, event);
    const auto *key = static_cast<QKeyEvent *>(event);
    const int rows = m_list->count(), row = m_list->currentRow();
    switch (key->key()) {
    case Qt::Key_Down:
        m_list->setCurrentRow(rows == 0 ? -1 : (row + 1) % rows);
        return true;
    case Qt::Key_Up:
        m_list->setCurrentRow(rows == 0 ? -1 : (row + rows - 1) % rows);
        return true;
    case Qt::Key_PageDown:
    case Qt::Key_PageUp:
        m_list->setCurrentRow(std::clamp(row + (key->key() == Qt::Key_PageDown ? 8 : -8), 0, std::max(0, rows - 1)));
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        run(m_list->currentItem());
        return true;
    default:
        return QDialog::eventFilter(watched, event);
    }
}

void CommandPalette::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Colors &colors = Colors::of(palette());
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colors.border, 1));
    painter.setBrush(colors.surface);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 12, 12);
}

} // namespace admin
