// SPDX-License-Identifier: GPL-3.0-only
#include "packages/packagecontents.h"

#include "ui/contentview.h"
#include "ui/emptystate.h"
#include "ui/facts.h"
#include "ui/rowsmodel.h"
#include "ui/tableview.h"
#include "ui/textblock.h"
#include "ui/times.h"

#include <QCoreApplication>
#include <QHeaderView>
#include <QLabel>
#include <QStringDecoder>
#include <QVBoxLayout>

#include <optional>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

constexpr qint64 largestPreview = 1024 * 1024; ///< the server hands out no more of an entry

QString indexKey() { return u"index"_s; } // not of the API: the place in its list

QString trEntries(const char *text) { return QCoreApplication::translate("PackageContents", text); }

QList<Column> columns()
{
    const auto muted = [](const QJsonObject &, int role) { return role == MutedRole ? QVariant(true) : QVariant(); };
    return {{u"name"_s, trEntries("Entry"), [](const QJsonObject &e) { return e[u"name"_s].toString(); },
             [](const QJsonObject &e, int role) {
                 return role == Qt::ToolTipRole ? QVariant(e[u"name"_s].toString().toHtmlEscaped()) : QVariant();
             },
             Qt::AlignLeft | Qt::AlignVCenter, 210},
            {u"size"_s, trEntries("Size"), [](const QJsonObject &e) { return sizeText(e[u"size"_s].toInteger()); },
             muted, Qt::AlignRight | Qt::AlignVCenter, 80},
            {u"modified"_s, trEntries("Modified"),
             [](const QJsonObject &e) { return exactTime(timeOf(e[u"modified"_s].toString())).left(19); }, muted,
             Qt::AlignLeft | Qt::AlignVCenter, 140}};
}

// As text, if it is some: UTF-8 without the bytes that no text has.
std::optional<QString> textOf(const QByteArray &bytes)
{
    QStringDecoder decoder(QStringDecoder::Utf8);
    const QString text = decoder(bytes);
    if (decoder.hasError() || bytes.contains('\0'))
        return {};
    return text;
}

} // namespace

PackageContents::PackageContents(QWidget *parent)
    : QWidget(parent)
    , m_model(new RowsModel(columns(), indexKey(), this))
    , m_table(new TableView(tr("Entries of the package"), this))
    , m_bag(new Facts(this))
    , m_previewHint(new QLabel(this))
    , m_preview(new TextBlock(tr("Entry"), this))
{
    m_table->setModel(m_model);
    for (int column = 0; column < m_model->columnCount(); ++column)
        m_table->setColumnWidth(column, m_model->columns()[column].width);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setTextElideMode(Qt::ElideLeft); // all begin with the name of the bag
    m_table->horizontalHeader()->setStretchLastSection(false);
    m_table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    auto *empty = new EmptyState(u"packages"_s, tr("Nothing in it"), tr("The zip file of this package is empty."),
                                 this);
    m_content = new ContentView(m_table, empty, this);
    m_content->setMinimumHeight(190);
    m_previewHint->setProperty("role", u"muted"_s);
    m_previewHint->setWordWrap(true);
    m_preview->setLongest(18);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(18, 0, 18, 18);
    layout->setSpacing(12);
    layout->addWidget(m_content, 1);
    layout->addWidget(m_previewHint);
    layout->addWidget(m_preview);
    layout->addWidget(m_bag);
    connect(m_content, &ContentView::retryRequested, this, &PackageContents::fetch);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &PackageContents::preview);
    connect(m_table, &TableView::opened, this, &PackageContents::preview);
}

void PackageContents::setSession(Session *session)
{
    m_session = session;
    m_id = 0;
    forget();
}

void PackageContents::setPackage(qint64 id)
{
    if (id == m_id)
        return;
    m_id = id;
    forget();
}

void PackageContents::forget()
{
    delete m_reply;
    delete m_previewing;
    m_isAnswered = false;
    m_model->setRows({});
    m_bag->set({});
    m_preview->setText({});
    m_previewHint->setText({});
    if (isVisible())
        fetch();
}

void PackageContents::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (!m_isAnswered)
        fetch();
}

void PackageContents::fetch()
{
    if (!m_session || m_id == 0 || m_reply)
        return;
    m_content->showLoading();
    m_reply = m_session->api().get(u"/admin/v1/sips/"_s + QString::number(m_id) + u"/entries"_s, {}, this);
    m_reply->then(this, [this](const ApiReply &reply) {
        m_reply = nullptr;
        take(reply);
    });
}

void PackageContents::take(const ApiReply &reply)
{
    m_isAnswered = true;
    if (!reply.isOk()) {
        m_content->showProblem(reply.problem());
        Q_EMIT answered();
        return;
    }
    QJsonArray rows;
    bool hasTimes = false; // a package of ours has none, so that it is the same whenever it is made
    for (const auto &value : reply.results()) {
        QJsonObject row = value.toObject();
        hasTimes = hasTimes || timeOf(row[u"modified"_s].toString()).isValid();
        row[indexKey()] = rows.size();
        rows << row;
    }
    m_model->setRows(rows);
    m_table->setColumnHidden(m_model->columnCount() - 1, !hasTimes);
    if (rows.isEmpty())
        m_content->showEmpty();
    else
        m_content->showContent();
    m_previewHint->setText(rows.isEmpty() ? QString() : tr("Select an entry to read it here."));
    showBag(reply.object()[u"bag"_s].toObject()[u"info"_s].toObject());
    Q_EMIT answered();
}

void PackageContents::showBag(const QJsonObject &info)
{
    QList<Facts::Fact> facts;
    for (auto it = info.begin(); it != info.end(); ++it) {
        const QJsonArray several = it->isArray() ? it->toArray() : QJsonArray{*it}; // a label may repeat
        for (const auto &value : several)
            facts << Facts::Fact{it.key(), value.toVariant().toString()};
    }
    m_bag->set(facts);
}

void PackageContents::preview()
{
    delete m_previewing;
    const auto rows = m_table->selectedRows();
    if (rows.isEmpty() || !m_session)
        return;
    const QJsonObject entry = m_model->row(rows.first());
    m_preview->setText({});
    if (entry[u"size"_s].toInteger() > largestPreview) {
        m_previewHint->setText(tr("%1 is %2, too large to be read here. Save the package and open it there.")
                                   .arg(entry[u"name"_s].toString(), sizeText(entry[u"size"_s].toInteger())));
        return;
    }
    const QString path = u"/admin/v1/sips/%1/entries/%2"_s.arg(m_id).arg(entry[indexKey()].toInteger());
    m_previewing = m_session->api().get(path, {}, this);
    connect(m_previewing, &ApiReply::waiting, this, [this] { m_previewHint->setText(tr("Waiting for the server…")); });
    m_previewing->then(this, [this, entry](const ApiReply &reply) {
        m_previewing = nullptr;
        showEntry(entry, reply);
    });
}

void PackageContents::showEntry(const QJsonObject &entry, const ApiReply &reply)
{
    const QString name = entry[u"name"_s].toString();
    if (!reply.isOk()) {
        m_previewHint->setText(reply.problem().sentence());
        return;
    }
    const auto text = textOf(reply.bytes());
    m_preview->setTitle(name);
    if (!text)
        m_previewHint->setText(tr("%1 is not text (%2). Save the package to open it with its program.")
                                   .arg(name, sizeText(reply.bytes().size())));
    else
        m_previewHint->setText(text->isEmpty() ? tr("%1 is empty.").arg(name) : QString());
    m_preview->setText(text.value_or(QString()));
}

} // namespace admin
