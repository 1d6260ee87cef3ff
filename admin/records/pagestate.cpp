// SPDX-License-Identifier: GPL-3.0-only
// RecordsPage: how its parts follow each other and the server.
#include "records/filterbar.h"
#include "records/jobbar.h"
#include "records/packagelist.h"
#include "records/pagecommands.h"
#include "records/recorddetail.h"
#include "records/recordmodel.h"
#include "records/recordtable.h"
#include "ui/contentview.h"
#include "ui/emptystate.h"
#include "ui/pageheader.h"

#include <QHeaderView>
#include <QLabel>
#include <QScrollBar>
#include <QSettings>

using namespace Qt::StringLiterals;

namespace admin {

void RecordsPage::connectParts()
{
    connect(m_model, &RecordModel::stateChanged, this, &RecordsPage::follow);
    connect(m_model, &QAbstractItemModel::modelReset, this, &RecordsPage::followRows);
    connect(m_model, &QAbstractItemModel::rowsInserted, this, &RecordsPage::followRows); // into an empty table, too
    connect(m_model, &QAbstractItemModel::dataChanged, this, &RecordsPage::followCurrent);
    connect(m_model, &RecordModel::newRecordsChanged, this, [this] {
        m_newText->setText(tr("%Ln new record(s)", nullptr, int(m_model->newRecords())));
        m_newBar->setVisible(m_model->newRecords() > 0);
        followSelection();
    });
    connect(m_model, &RecordModel::namesSeen, this, [this](const QStringList &names) {
        if (!names.isEmpty())
            m_names = names;
    });
    connect(m_model, &RecordModel::located, this, [this](qint64, int row) {
        if (row >= 0) {
            m_table->setCurrentIndex(m_model->index(row, 0));
            m_table->scrollTo(m_model->index(row, 0), QAbstractItemView::PositionAtCenter);
        }
    });
    connect(m_content, &ContentView::retryRequested, m_model, &RecordModel::reload);
    connect(m_filter, &FilterBar::changed, this, [this] {
        m_model->setQuery({m_filter->applied(), m_model->query().isDescending});
    });
    connect(m_table, &RecordTable::selectionMoved, this, &RecordsPage::followSelection);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &RecordsPage::followCurrent);
    connect(m_table, &TableView::opened, this, [this] { m_detail->setTab(RecordDetail::TextTab); });
    connect(m_table, &RecordTable::filesDropped, this, &RecordsPage::importFiles);
    connect(m_table, &RecordTable::copyRefused, this,
            [this] { Q_EMIT notice(tr("These are too many rows to be copied: export them instead")); });
    connect(m_table->horizontalHeader(), &QHeaderView::sectionClicked, this, [this](int column) {
        if (column == RecordModel::IdColumn || column == RecordModel::CreatedColumn)
            reverse();
    });
    connect(m_detail, &RecordDetail::loaded, this, [this] {
        followSelection();
        tellReady();
    });
    connect(m_detail->view(), &JsonView::saveRequested, this, &RecordsPage::saveRecord);
    connect(m_detail->packages(), &PackageList::openRequested, this, [this](qint64 id) {
        Q_EMIT openRequested(u"packages"_s, {{u"id"_s, id}});
    });
    connect(m_detail->packages(), &PackageList::allRequested, this, [this](qint64 id) {
        Q_EMIT openRequested(u"packages"_s, {{u"record"_s, id}});
    });
    connect(m_detail->packages(), &PackageList::downloadRequested, this, &RecordsPage::downloadPackage);
}

QString RecordsPage::settingsKey() const
{
    const Connection &connection = m_session->connection();
    const QString name = connection.id.isEmpty() ? connection.url.authority() : connection.id;
    return QString::fromLatin1(name.toUtf8().toHex());
}

void RecordsPage::setSession(Session *session)
{
    if (m_session)
        disconnect(m_session, nullptr, this, nullptr);
    for (JobBar *bar : findChildren<JobBar *>())
        delete bar; // of the other server
    m_session = session;
    m_lastEdit = {};
    m_names.clear();
    m_detail->setSession(session);
    m_model->setSession(session);
    followEndpoints();
    if (!session)
        return;
    const QString kept = u"records/%1/columns"_s.arg(settingsKey());
    if (const QSettings settings; settings.contains(kept)) {
        QList<JsonPath> paths;
        for (const QString &text : settings.value(kept).toStringList()) {
            if (const auto path = JsonPath::parse(text))
                paths << *path;
        }
        m_model->setPaths(paths);
    } else {
        m_model->choosePaths(3);
    }
    m_table->keepWidths(settingsKey());
    connect(session, &Session::endpointsChanged, this, &RecordsPage::followEndpoints);
    connect(session, &Session::changed, this, [this](const QString &what) {
        if (what == u"sips" && m_isActive)
            m_detail->refreshPackages();
    });
    load();
}

// Once it is seen, and the server has told what it offers.
void RecordsPage::load()
{
    if (m_isActive && m_session && m_session->endpoints().isKnown() && !m_model->isLoaded() && !m_model->isLoading())
        m_model->reload();
}

void RecordsPage::activated()
{
    m_isActive = true;
    load();
    m_detail->refreshPackages();
}

void RecordsPage::deactivated() { m_isActive = false; }

// What is there already: new records alone only show a bar, so that nothing moves under the eye.
void RecordsPage::refresh() { m_model->reload(); }

void RecordsPage::followEndpoints()
{
    const auto has = [this](const char *method, const QString &path) {
        return m_session && m_session->endpoints().has(QString::fromLatin1(method), path);
    };
    const bool canStore = has("POST", u"/record"_s);
    for (Command *command : {m_commands->create, m_commands->duplicate, m_commands->import})
        command->setVisible(canStore);
    m_commands->archive->setVisible(has("POST", u"/admin/v1/records/archive"_s));
    m_commands->edit->setVisible(has("PUT", u"/admin/v1/records/{id}"_s));
    m_commands->remove->setVisible(has("DELETE", u"/admin/v1/records/{id}"_s));
    followUndo();
    m_table->setDropsAllowed(canStore && !m_session->isReadOnly());
    if (m_session)
        connect(m_session, &Session::readOnlyChanged, this, &RecordsPage::followEndpoints, Qt::UniqueConnection);
    load();
}

QString RecordsPage::countSentence() const
{
    if (!m_model->isLoaded())
        return {};
    const bool isFiltered = !m_model->query().filter.isEmpty();
    const int count = int(m_model->snapshot().count);
    if (m_model->isCounting())
        return tr("Counting…");
    if (!m_model->snapshot().isCounted)
        return isFiltered ? tr("More than %Ln records match", nullptr, count)
                          : tr("More than %Ln records", nullptr, count);
    return isFiltered ? tr("%Ln matching record(s)", nullptr, count) : tr("%Ln record(s)", nullptr, count);
}

void RecordsPage::follow()
{
    const bool isFiltered = !m_model->query().filter.isEmpty();
    m_header->setSubtitle(countSentence());
    m_commands->clearFilter->setVisible(isFiltered);
    m_commands->reverse->setText(m_model->query().isDescending ? tr("Oldest first") : tr("Newest first"));
    m_table->horizontalHeader()->setSortIndicator(
        RecordModel::IdColumn, m_model->query().isDescending ? Qt::DescendingOrder : Qt::AscendingOrder);
    if (m_model->rowCount() > 0) {
        m_content->showContent();
    } else if (m_model->problem()) {
        m_content->showProblem(m_model->problem());
    } else if (!m_model->isLoaded()) {
        m_content->showLoading();
    } else {
        m_empty->setText(isFiltered ? tr("No record matches") : tr("No records yet"),
                         isFiltered
                             ? tr("Change the filter, or clear it to see all of them.")
                             : tr("Write the first one, drop JSON or NDJSON files here, or post one to /record."));
        m_content->showEmpty();
    }
    followSelection();
    tellReady();
}

// The record that is shown beside stays the current one, without a scroll; at the beginning it is the first.
void RecordsPage::followRows()
{
    if (m_model->rowCount() == 0) {
        m_detail->showRecord(0);
        return;
    }
    const int kept = m_detail->recordId() > 0 ? m_model->rowOfId(m_detail->recordId()) : 0;
    if (kept < 0 || m_table->currentIndex().isValid())
        return;
    const int place = m_table->verticalScrollBar()->value();
    m_table->setCurrentIndex(m_model->index(kept, 0));
    m_table->verticalScrollBar()->setValue(place);
}

void RecordsPage::followCurrent()
{
    const QModelIndex current = m_table->currentIndex();
    const RecordRow *row = current.isValid() ? m_model->rowAt(current.row()) : nullptr;
    if (!row)
        return; // it will be, when its page is here
    m_detail->showRecord(row->id);
    m_detail->showFacts(*row);
}

void RecordsPage::followSelection()
{
    const qint64 rows = rowsIn(m_table->selectedRanges());
    m_selectionText->setText(tr("%Ln record(s) selected", nullptr, int(rows)));
    m_selectionBar->setVisible(rows > 1);
    const bool hasRecord = m_detail->isLoaded();
    const QString first = tr("Choose a record first");
    for (Command *command : {m_commands->duplicate, m_commands->edit, m_commands->remove, m_commands->copy,
                             m_commands->save, m_commands->findInside})
        command->setPossible(hasRecord, first);
    m_commands->archive->setPossible(rows > 0, tr("Select records first"));
    m_commands->exportRows->setPossible(m_model->rowCount() > 0 && !m_model->isCounting(),
                                        m_model->isCounting() ? tr("The records are being counted")
                                                              : tr("There are no records"));
    m_commands->exportRows->setText(rows > 1 ? tr("Export selected…") : tr("Export…"));
    m_commands->clearSelection->setPossible(rows > 0, tr("Nothing is selected"));
    m_commands->showNew->setPossible(m_model->newRecords() > 0, tr("Nothing is new"));
}

bool RecordsPage::isReady() const
{
    const bool isSettled = m_model->isComplete() || (m_model->problem() && !m_model->isLoading());
    return isSettled && (m_model->rowCount() == 0 || m_detail->isSettled());
}

void RecordsPage::tellReady()
{
    if (const bool isNow = isReady(); std::exchange(m_wasReady, isNow) != isNow && isNow)
        Q_EMIT ready();
}

} // namespace admin
