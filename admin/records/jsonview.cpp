// SPDX-License-Identifier: GPL-3.0-only
#include "records/jsonview.h"

#include "records/jsonhighlighter.h"
#include "records/jsontree.h"
#include "ui/colors.h"
#include "ui/icons.h"
#include "ui/times.h"

#include <QApplication>
#include <QClipboard>
#include <QEvent>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QStackedWidget>
#include <QToolButton>
#include <QTreeView>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

QToolButton *flatButton(const QString &icon, const QString &name, QWidget *parent)
{
    auto *button = new QToolButton(parent);
    button->setIcon(themedIcon(icon));
    button->setToolTip(name);
    button->setAccessibleName(name);
    button->setProperty("role", u"flat"_s);
    button->setFocusPolicy(Qt::StrongFocus);
    return button;
}

} // namespace

JsonView::JsonView(QWidget *parent)
    : QWidget(parent)
    , m_tree(new JsonTree(this))
    , m_treeView(new QTreeView(this))
    , m_text(new QPlainTextEdit(this))
    , m_highlighter(new JsonHighlighter(m_text->document()))
    , m_stack(new QStackedWidget(this))
    , m_cut(new QWidget(this))
    , m_cutText(new QLabel(m_cut))
    , m_found(new QLabel(this))
    , m_search(new QLineEdit(this))
{
    buildTree();
    m_text->setReadOnly(true);
    m_text->setAccessibleName(tr("Record as text"));
    m_text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_stack->addWidget(m_treeView);
    m_stack->addWidget(m_text);

    m_cutText->setProperty("role", u"muted"_s);
    m_cutText->setWordWrap(true);
    auto *save = flatButton(u"save"_s, tr("Save the whole record to a file"), m_cut);
    save->setText(tr("Save to file…"));
    save->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    connect(save, &QToolButton::clicked, this, &JsonView::saveRequested);
    auto *cutLine = new QHBoxLayout(m_cut);
    cutLine->setContentsMargins(0, 0, 0, 0);
    cutLine->addWidget(m_cutText, 1);
    cutLine->addWidget(save);
    m_cut->hide();

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(buildSearch());
    layout->addWidget(m_cut);
    layout->addWidget(m_stack, 1);
    m_highlighter->setColors(Colors::of(palette()));
    setMode(Mode::Tree);
}

void JsonView::buildTree()
{
    m_treeView->setModel(m_tree);
    m_treeView->setAccessibleName(tr("Record as tree"));
    m_treeView->setUniformRowHeights(true);
    m_treeView->setAlternatingRowColors(false);
    m_treeView->setContextMenuPolicy(Qt::CustomContextMenu);
    m_treeView->header()->setStretchLastSection(true);
    m_treeView->header()->resizeSection(0, 170);
    m_treeView->setIndentation(18);
    connect(m_treeView, &QWidget::customContextMenuRequested, this, &JsonView::showTreeMenu);
}

QWidget *JsonView::buildSearch()
{
    auto *bar = new QWidget(this);
    m_search->setPlaceholderText(tr("Find in this record"));
    m_search->setAccessibleName(m_search->placeholderText());
    m_search->setClearButtonEnabled(true);
    m_search->addAction(themedIcon(u"search"_s), QLineEdit::LeadingPosition);
    m_search->installEventFilter(this);
    m_found->setProperty("role", u"muted"_s);
    auto *previous = flatButton(u"chevron-up"_s, tr("Find the one before"), bar);
    auto *next = flatButton(u"chevron-down"_s, tr("Find the next one"), bar);
    connect(m_search, &QLineEdit::textChanged, this, &JsonView::search);
    connect(previous, &QToolButton::clicked, this, [this] { step(false); });
    connect(next, &QToolButton::clicked, this, [this] { step(true); });
    auto *line = new QHBoxLayout(bar);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(4);
    line->addWidget(m_search, 1);
    line->addWidget(m_found);
    line->addWidget(previous);
    line->addWidget(next);
    return bar;
}

void JsonView::setData(const QByteArray &bytes, bool isJson)
{
    ++m_era;
    m_data = bytes;
    m_isJson = isJson;
    m_isTextStale = true;
    m_matches.clear();
    m_match = -1;
    m_cut->hide();
    m_text->clear();
    m_tree->setJson(isJson ? bytes : QByteArray());
    openFirstLevel();
    if (!isJson && !bytes.isEmpty())
        m_stack->setCurrentWidget(m_text);
    if (mode() == Mode::Text || !m_search->text().isEmpty())
        showText();
}

// A record is opened to be read: what is small and at the top needs no click.
void JsonView::openFirstLevel()
{
    m_tree->fetchMore({});
    for (int row = 0; row < std::min(m_tree->rowCount(), 20); ++row) {
        const QModelIndex index = m_tree->index(row, 0);
        if (m_tree->textAt(index).size() < 2000)
            m_treeView->expand(index);
    }
}

void JsonView::setMode(Mode mode)
{
    m_stack->setCurrentWidget(mode == Mode::Tree ? static_cast<QWidget *>(m_treeView) : m_text);
    m_cut->setVisible(mode == Mode::Text && !m_cutText->text().isEmpty() && !m_isTextStale);
    if (mode == Mode::Text && m_isTextStale)
        showText();
    Q_EMIT modeChanged();
}

JsonView::Mode JsonView::mode() const { return m_stack->currentWidget() == m_treeView ? Mode::Tree : Mode::Text; }

void JsonView::startSearch()
{
    m_search->setFocus();
    m_search->selectAll();
}

QByteArray JsonView::chosenText() const
{
    const QModelIndex current = m_treeView->currentIndex();
    if (mode() == Mode::Tree && current.isValid() && m_treeView->hasFocus())
        return m_tree->textAt(current);
    return m_data;
}

void JsonView::showTreeMenu(const QPoint &at)
{
    const QModelIndex index = m_treeView->indexAt(at);
    if (!index.isValid())
        return;
    const auto copy = [](const QString &text) { return [text] { QApplication::clipboard()->setText(text); }; };
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(themedIcon(u"copy"_s), tr("Copy value"), this, copy(QString::fromUtf8(m_tree->textAt(index))));
    const QString path = m_tree->pathTo(index);
    if (!path.isEmpty())
        menu->addAction(tr("Copy path"), this, copy(path));
    menu->popup(m_treeView->viewport()->mapToGlobal(at));
}

void JsonView::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_highlighter) {
        m_highlighter->setColors(Colors::of(palette()));
        mark();
    }
}

} // namespace admin
