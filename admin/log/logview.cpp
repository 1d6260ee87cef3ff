// SPDX-License-Identifier: GPL-3.0-only
#include "log/logview.h"

#include "log/logmodel.h"
#include "ui/command.h"
#include "ui/commandbutton.h"
#include "ui/contentview.h"
#include "ui/emptystate.h"
#include "ui/icons.h"
#include "ui/messagestrip.h"
#include "ui/tableview.h"

#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QScrollBar>
#include <QTimer>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace admin {

namespace {

using Effect = Command::Effect;

} // namespace

LogView::LogView(QWidget *parent)
    : QWidget(parent)
    , m_model(new LogModel(this))
    , m_table(new TableView(tr("Lines of the log")))
    , m_strip(new MessageStrip)
    , m_level(new QComboBox)
    , m_text(new QLineEdit)
    , m_request(new QLineEdit)
    , m_pause(new Command(u"log.pause"_s, tr("Pause"), u"pause"_s, Effect::Looks, this))
    , m_clear(new Command(u"log.clear"_s, tr("Clear"), u"close"_s, Effect::Looks, this))
    , m_copy(new Command(u"log.copy"_s, tr("Copy Lines"), u"copy"_s, Effect::Looks, this))
    , m_sameRequest(new Command(u"log.request"_s, tr("Lines of This Request"), u"filter"_s, Effect::Looks, this))
{
    build();
    connectAll();
    updateState();
}

void LogView::build()
{
    m_pause->setCheckable(true);
    m_pause->setHelp(tr("Stop the log here; what comes meanwhile follows when it goes on"));
    m_clear->setHelp(tr("Empty the list; the server keeps its log"));
    m_copy->setHelp(tr("Copy the selected lines as text"));
    m_sameRequest->setHelp(tr("Show only what belongs to the same request"));
    m_table->setModel(m_model);
    m_table->keepColumns(u"log"_s);
    m_table->setRowCommands({m_copy, m_sameRequest});
    m_table->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->setColumnWidth(LogModel::Time, 130);
    m_table->setColumnWidth(LogModel::Level, 100);
    m_table->setColumnWidth(LogModel::Category, 160);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_content = new ContentView(m_table,
                                new EmptyState(u"log"_s, tr("No lines"),
                                               tr("Nothing that the server wrote matches. Lines appear here as they "
                                                  "are written.")),
                                this);
    m_strip->hide();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    layout->addWidget(filterBar());
    layout->addWidget(m_strip);
    layout->addWidget(m_content, 1);
}

QWidget *LogView::filterBar()
{
    m_level->addItem(tr("All levels"), QString());
    m_level->addItem(tr("Info and above"), u"info"_s);
    m_level->addItem(tr("Warnings and above"), u"warning"_s);
    m_level->addItem(tr("Critical only"), u"critical"_s);
    m_level->setAccessibleName(tr("Least grave level"));
    m_text->setPlaceholderText(tr("Filter lines"));
    m_text->setAccessibleName(tr("Text that the lines contain"));
    m_text->setClearButtonEnabled(true);
    m_text->addAction(themedIcon(u"search"_s), QLineEdit::LeadingPosition);
    m_request->setPlaceholderText(tr("Request id"));
    m_request->setAccessibleName(tr("Id of the request that the lines belong to"));
    m_request->setClearButtonEnabled(true);
    m_request->setMaximumWidth(240);
    auto *bar = new QWidget;
    auto *layout = new QHBoxLayout(bar);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_request);
    layout->addWidget(m_level);
    layout->addWidget(new CommandButton(m_pause, CommandButton::Look::Button, bar));
    layout->addWidget(new CommandButton(m_clear, CommandButton::Look::Button, bar));
    return bar;
}

void LogView::connectAll()
{
    auto *soon = new QTimer(this); // while somebody types
    soon->setSingleShot(true);
    soon->setInterval(250ms);
    soon->callOnTimeout(this, &LogView::applyFilter);
    connect(m_text, &QLineEdit::textChanged, soon, qOverload<>(&QTimer::start));
    connect(m_request, &QLineEdit::textChanged, soon, qOverload<>(&QTimer::start));
    connect(m_level, &QComboBox::currentIndexChanged, this, &LogView::applyFilter);
    connect(m_model, &LogModel::stateChanged, this, &LogView::updateState);
    connect(m_model, &LogModel::missed, this, [this](qint64 lines) {
        m_strip->tell(tr("%Ln line(s) came faster than they were fetched and are in the server's own log only.",
                         nullptr, int(lines)),
                      Tone::Warning);
    });
    connect(m_model, &QAbstractItemModel::rowsAboutToBeInserted, this, [this] {
        const QScrollBar *bar = m_table->verticalScrollBar();
        m_isAtEnd = bar->value() >= bar->maximum() - 4;
    });
    connect(m_model, &QAbstractItemModel::rowsInserted, this, [this] {
        if (m_isAtEnd)
            m_table->scrollToBottom();
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &LogView::updateCommands);
    connect(m_pause, &QAction::toggled, this, [this](bool isPaused) {
        m_pause->setText(isPaused ? tr("Go On") : tr("Pause"));
        follow();
        Q_EMIT changed();
    });
    connect(m_clear, &QAction::triggered, m_model, &LogModel::clear);
    connect(m_copy, &QAction::triggered, this, &LogView::copy);
    connect(m_sameRequest, &QAction::triggered, this, &LogView::showRequestOfRow);
    connect(m_content, &ContentView::retryRequested, m_model, &LogModel::fetch);
}

void LogView::setSession(Session *session)
{
    m_strip->hide();
    m_model->setSession(session);
    follow();
}

QList<Command *> LogView::commands() const { return {m_pause, m_clear, m_copy, m_sameRequest}; }

void LogView::follow()
{
    if (!m_pause->isChecked())
        m_model->fetch();
}

void LogView::applyFilter()
{
    Query filter;
    if (const QString level = m_level->currentData().toString(); !level.isEmpty())
        filter.append({u"level"_s, level});
    if (const QString text = m_text->text().trimmed(); !text.isEmpty())
        filter.append({u"text"_s, text});
    if (const QString request = m_request->text().trimmed(); !request.isEmpty())
        filter.append({u"request_id"_s, request});
    m_model->setFilter(filter);
}

void LogView::showRequest(const QString &requestId)
{
    m_request->setText(requestId);
    applyFilter();
}

void LogView::showRequestOfRow()
{
    const auto rows = m_table->selectedRows();
    if (!rows.isEmpty())
        showRequest(m_model->line(rows.first())[u"request_id"_s].toString());
}

void LogView::copy()
{
    QStringList lines;
    for (const int row : m_table->selectedRows())
        lines += m_model->text(row);
    QGuiApplication::clipboard()->setText(lines.join(u'\n'));
}

void LogView::updateState()
{
    if (m_model->rowCount() > 0)
        m_content->showContent();
    else if (m_model->problem())
        m_content->showProblem(m_model->problem());
    else if (m_model->isLoaded())
        m_content->showEmpty();
    else
        m_content->showLoading();
    updateCommands();
    Q_EMIT changed();
}

void LogView::updateCommands()
{
    const auto rows = m_table->selectedRows();
    m_copy->setPossible(!rows.isEmpty(), tr("Select lines first"));
    const bool hasRequest = !rows.isEmpty() && m_model->line(rows.first()).contains(u"request_id"_s);
    m_sameRequest->setPossible(hasRequest,
                               rows.isEmpty() ? tr("Select a line first") : tr("This line belongs to no request"));
    m_clear->setPossible(m_model->rowCount() > 0, tr("There is nothing to clear"));
}

bool LogView::isReady() const { return m_model->isLoaded() || m_model->problem(); }

QString LogView::subtitle() const
{
    const QString lines = tr("%Ln line(s)", nullptr, m_model->rowCount());
    return m_pause->isChecked() ? tr("%1, paused").arg(lines) : lines;
}

} // namespace admin
