// SPDX-License-Identifier: GPL-3.0-only
#include "log/auditview.h"

#include "ui/contentview.h"
#include "ui/emptystate.h"
#include "ui/pagedmodel.h"
#include "ui/tableview.h"
#include "ui/times.h"

#include <QCoreApplication>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

const QString path = u"/admin/v1/audit"_s;

auto member(const QString &name)
{
    return [name](const QJsonObject &row) { return row[name].toString(); };
}

QString outcomeText(const QJsonObject &row)
{
    if (!row.contains(u"status"_s))
        return QCoreApplication::translate("admin::AuditView", "unknown");
    return QString::number(row[u"status"_s].toInt());
}

QVariant outcomeMore(const QJsonObject &row, int role)
{
    const int status = row[u"status"_s].toInt();
    if (role == ToneRole)
        return int(status == 0 ? Tone::Warning : status < 400 ? Tone::Good : Tone::Bad);
    if (role == Qt::ToolTipRole && status == 0)
        return QCoreApplication::translate("admin::AuditView",
                                           "It was begun and never ended: the process that did it "
                                           "is gone, or it is still at it.");
    return {};
}

QVariant muted(const QJsonObject &, int role) { return role == MutedRole ? QVariant(true) : QVariant(); }

QList<Column> columns()
{
    const auto left = Qt::AlignLeft | Qt::AlignVCenter;
    return {
        {u"at"_s, QCoreApplication::translate("admin::AuditView", "When"),
         [](const QJsonObject &row) { return relativeTime(timeOf(row[u"at"_s].toString())); },
         [](const QJsonObject &row, int role) {
             if (role == Qt::ToolTipRole)
                 return QVariant(exactTime(timeOf(row[u"at"_s].toString())));
             return muted(row, role);
         },
         left, 130},
        {u"token"_s, QCoreApplication::translate("admin::AuditView", "Who"), member(u"token"_s), {}, left, 150},
        {u"method"_s, QCoreApplication::translate("admin::AuditView", "What"), member(u"method"_s), muted, left, 80},
        {u"path"_s, QCoreApplication::translate("admin::AuditView", "On"), member(u"path"_s),
         [](const QJsonObject &, int role) { return role == MonospaceRole ? QVariant(true) : QVariant(); }, left, 360},
        {u"status"_s, QCoreApplication::translate("admin::AuditView", "Outcome"), outcomeText, outcomeMore, left, 100},
        {u"peer"_s, QCoreApplication::translate("admin::AuditView", "From"), member(u"peer"_s), muted, left, 130},
        {u"detail"_s, QCoreApplication::translate("admin::AuditView", "Detail"), member(u"detail"_s), muted, left,
         240}};
}

} // namespace

AuditView::AuditView(QWidget *parent)
    : QWidget(parent)
    , m_model(new PagedModel(columns(), this))
    , m_table(new TableView(tr("Changes through the admin API")))
{
    m_table->setModel(m_model);
    m_table->keepColumns(u"audit"_s);
    auto *content = new ContentView(
        m_table, m_model,
        new EmptyState(
            u"audit"_s, tr("No changes yet"),
            tr("Every change through the admin API is written down here: who, when, what, and the outcome.")),
        nullptr, this);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(content);
    connect(m_model, &PagedModel::stateChanged, this, &AuditView::changed);
    connect(m_table, &TableView::opened, this, [this](const QModelIndex &index) {
        Q_EMIT logRequested(m_model->row(index.row())[u"request_id"_s].toString());
    });
}

void AuditView::setSession(Session *session)
{
    const bool isOffered = session && session->endpoints().has(u"GET"_s, path);
    m_model->setSource(isOffered ? session : nullptr, path);
}

void AuditView::refresh() { m_model->refresh(); }

bool AuditView::isReady() const { return m_model->isLoaded() || m_model->problem(); }

QString AuditView::subtitle() const
{
    const int count = m_model->rowCount();
    return m_model->isAtEnd() ? tr("%Ln change(s)", nullptr, count) : tr("%Ln and more changes", nullptr, count);
}

} // namespace admin
