// SPDX-License-Identifier: GPL-3.0-only
#include "tasks/shortlistview.h"

#include "ui/command.h"
#include "ui/commandbutton.h"
#include "ui/contentview.h"
#include "ui/emptystate.h"
#include "ui/messagestrip.h"
#include "ui/rowsmodel.h"
#include "ui/tableview.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace admin {

ShortListView::ShortListView(const QString &path, const QString &key, const QList<Column> &columns,
                             const QString &accessibleName, EmptyState *empty, QWidget *parent)
    : QWidget(parent)
    , m_path(path)
    , m_model(new RowsModel(columns, key, this))
    , m_message(new MessageStrip(this))
    , m_hint(new QLabel(this))
    , m_bar(new QWidget(this))
{
    build(accessibleName, empty);
}

void ShortListView::build(const QString &accessibleName, EmptyState *empty)
{
    m_table = new TableView(accessibleName, this);
    m_table->setModel(m_model);
    for (int column = 0; column < m_model->columnCount(); ++column)
        m_table->setColumnWidth(column, m_model->columns()[column].width);
    m_content = new ContentView(m_table, empty, this);
    connect(m_content, &ContentView::retryRequested, this, &ShortListView::refresh);
    m_hint->setProperty("role", u"muted"_s);
    m_hint->setWordWrap(true);
    auto *line = new QHBoxLayout(m_bar);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(8);
    line->addWidget(m_hint, 1);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    layout->addWidget(m_bar);
    layout->addWidget(m_message);
    layout->addWidget(m_content, 1);
    const auto update = [this] { updateCommands(); };
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, update);
    connect(m_model, &QAbstractItemModel::dataChanged, this, update);
    connect(m_model, &QAbstractItemModel::rowsRemoved, this, update);
}

void ShortListView::addCommand(Command *command)
{
    m_bar->layout()->addWidget(new CommandButton(command, CommandButton::Look::Button, m_bar));
}

void ShortListView::setHint(const QString &text) { m_hint->setText(text); }

void ShortListView::setSession(Session *session)
{
    delete m_reply;
    m_session = session;
    m_isAnswered = false;
    m_isDirty = true;
    m_model->setRows({});
    m_message->hide();
    if (session)
        m_content->showLoading();
    updateCommands();
    if (isVisible())
        refresh();
}

void ShortListView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (m_isDirty)
        refresh();
}

void ShortListView::refresh()
{
    m_isDirty = !isVisible() || m_reply;
    if (m_isDirty || !m_session)
        return;
    m_reply = m_session->api().get(m_path, {}, this);
    m_reply->then(this, [this](const ApiReply &reply) {
        m_reply = nullptr;
        finish(reply);
        if (m_isDirty)
            refresh();
    });
}

void ShortListView::finish(const ApiReply &reply)
{
    m_isAnswered = true;
    if (reply.isOk()) {
        m_model->setRows(reply.results());
        take(reply.object());
        if (m_model->rowCount() > 0)
            m_content->showContent();
        else
            m_content->showEmpty();
        updateCommands();
    } else if (m_model->rowCount() == 0) { // rows that are there stay: the banner tells
        m_content->showProblem(reply.problem());
    }
    Q_EMIT answered();
}

void ShortListView::take(const QJsonObject &) { }

QList<QJsonObject> ShortListView::selectedRows() const
{
    QList<QJsonObject> rows;
    for (const int row : m_table->selectedRows())
        rows << m_model->row(row);
    return rows;
}

void ShortListView::change(const QString &path, const QString &sentence)
{
    if (!m_session)
        return;
    m_session->api().post(path, {}, {}, this)->then(this, [this, sentence](const ApiReply &reply) {
        if (!reply.isOk()) {
            m_message->tell(reply.problem());
        } else {
            m_message->hide();
            Q_EMIT notice(sentence);
        }
        refresh();
    });
}

} // namespace admin
