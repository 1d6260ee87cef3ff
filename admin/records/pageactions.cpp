// SPDX-License-Identifier: GPL-3.0-only
// RecordsPage: what can be done with records.
#include "records/archivejob.h"
#include "records/columnchooser.h"
#include "records/filterbar.h"
#include "records/jobbar.h"
#include "records/pagecommands.h"
#include "records/recorddetail.h"
#include "records/recordeditor.h"
#include "records/recordmodel.h"
#include "records/recordtable.h"
#include "records/replacing.h"
#include "ui/confirm.h"
#include "ui/times.h"

#include <QApplication>
#include <QClipboard>
#include <QSettings>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace admin {

void RecordsPage::newRecord() { edit(tr("New record"), u"{\n  \n}"_s, 0); }

void RecordsPage::duplicate()
{
    if (!m_detail->isLoaded())
        return;
    const QByteArray json = m_detail->json();
    const QString title = tr("Duplicate of record %1").arg(m_detail->recordId());
    if (json.size() <= RecordEditor::largest) {
        edit(title, QString::fromUtf8(json), 0);
        return;
    }
    const Question question{
        .title = title,
        .sentence = tr("It is too large to be edited here (%1). Store a second one that is the same?")
                        .arg(sizeText(json.size())),
        .action = tr("Store a duplicate"),
        .isDestructive = false};
    confirm(this, question, [this, json] {
        if (!m_session)
            return;
        m_session->api().post(u"/record"_s, {}, json, this)->then(this, [this](const ApiReply &reply) {
            Q_EMIT notice(reply.isOk() ? tr("The duplicate is stored") : reply.problem().sentence());
        });
    });
}

void RecordsPage::edit(const QString &title, const QString &text, qint64 replaced)
{
    if (!m_session || m_session->isReadOnly())
        return;
    auto *editor = new RecordEditor(m_session, title, text, this);
    editor->setReplaced(replaced);
    connect(editor, &RecordEditor::stored, this, [this, editor, replaced, before = text.toUtf8()](qint64 id) {
        m_lastEdit = {replaced, before, editor->text().toUtf8()};
        showStored(id, tr("Record %1 is stored").arg(id));
    });
    editor->open();
}

void RecordsPage::showStored(qint64 id, const QString &sentence)
{
    Q_EMIT notice(sentence);
    followUndo();
    if (m_detail->recordId() == id)
        m_detail->showRecord(0); // it may be another one now
    m_model->reload();
    goTo(id);
}

// The value that was there, if what was stored is there still.
void RecordsPage::undoEdit()
{
    if (!m_session || m_lastEdit.id == 0)
        return;
    const Edit edit = std::exchange(m_lastEdit, {});
    auto *reply = m_session->api().send(replacing(edit.id, edit.after, edit.before), this);
    reply->then(this, [this, id = edit.id](const ApiReply &answer) {
        if (answer.isOk()) {
            showStored(id, tr("Record %1 is as it was before").arg(id));
            return;
        }
        followUndo();
        Q_EMIT notice(answer.problem().status == 412 ? tr("Record %1 was changed since: nothing was undone").arg(id)
                                                     : answer.problem().sentence());
    });
}

void RecordsPage::followUndo()
{
    m_commands->undo->setVisible(m_session && m_session->endpoints().has(u"PUT"_s, u"/admin/v1/records/{id}"_s));
    m_commands->undo->setText(m_lastEdit.id > 0 ? tr("Undo edit of record %1").arg(m_lastEdit.id) : tr("Undo edit"));
    m_commands->undo->setPossible(m_lastEdit.id > 0, tr("No record was edited here"));
}

void RecordsPage::editCurrent()
{
    if (!m_detail->isLoaded())
        return;
    if (m_detail->json().size() > RecordEditor::largest) {
        Q_EMIT notice(tr("This record is too large to be edited here"));
        return;
    }
    edit(tr("Record %1").arg(m_detail->recordId()), QString::fromUtf8(m_detail->json()), m_detail->recordId());
}

void RecordsPage::deleteCurrent()
{
    const qint64 id = m_detail->recordId();
    const Question question{.title = tr("Delete record %1?").arg(id),
                            .sentence = tr("It is gone for good. Its packages stay in the archive."),
                            .action = tr("Delete record")};
    confirm(this, question, [this, id] {
        if (!m_session)
            return;
        m_session->api()
            .remove(u"/admin/v1/records/%1"_s.arg(id), {}, this)
            ->then(this, [this, id](const ApiReply &reply) {
                Q_EMIT notice(reply.isOk() ? tr("Record %1 is deleted").arg(id) : reply.problem().sentence());
                if (reply.isOk()) {
                    m_detail->showRecord(0);
                    m_model->reload();
                }
            });
    });
}

QList<RowRange> RecordsPage::chosenRows() const
{
    const auto ranges = m_table->selectedRanges();
    return rowsIn(ranges) > 1 ? ranges : QList<RowRange>{allRows(m_model->snapshot())};
}

void RecordsPage::archiveAgain()
{
    const auto ranges = m_table->selectedRanges();
    const qint64 count = rowsIn(ranges);
    if (count == 0 || !m_session)
        return;
    const auto start = [this, ranges, snapshot = m_model->snapshot()] {
        if (m_session)
            run(new ArchiveJob(m_session, snapshot, ranges, this));
    };
    if (count == 1) {
        start();
        return;
    }
    confirm(this,
            {.title = tr("Archive %Ln record(s) again?", nullptr, int(count)),
             .sentence = tr("A task for each makes a new package. The packages that are there stay."),
             .action = tr("Archive %Ln record(s)", nullptr, int(count)),
             .isDestructive = false},
            start);
}

JobBar *RecordsPage::run(Job *job)
{
    auto *bar = new JobBar(job, this);
    m_jobs->addWidget(bar);
    return bar;
}

void RecordsPage::chooseColumns()
{
    auto *chooser = new ColumnChooser(m_model->paths(), m_names, this);
    connect(chooser, &ColumnChooser::pathsChosen, this, [this](const QList<JsonPath> &paths) {
        QStringList texts;
        for (const JsonPath &path : paths)
            texts << path.text();
        if (m_session)
            QSettings().setValue(u"records/%1/columns"_s.arg(settingsKey()), texts);
        m_model->setPaths(paths);
    });
    chooser->open();
}

void RecordsPage::copyRecord()
{
    QApplication::clipboard()->setText(QString::fromUtf8(m_detail->view()->chosenText()));
    Q_EMIT notice(tr("Copied"));
}

void RecordsPage::reverse() { m_model->setQuery({m_model->query().filter, !m_model->query().isDescending}); }

void RecordsPage::showNew()
{
    m_table->selectionModel()->clear();
    m_model->reload();
    m_table->scrollToTop();
}

void RecordsPage::goTo(qint64 id)
{
    m_detail->showRecord(id);
    m_table->selectionModel()->clear();
    if (m_model->isLoaded() && !m_model->isLoading() && !m_model->isCounting()) {
        m_model->locate(id);
        return;
    }
    auto *once = new QObject(this); // when it is counted
    connect(m_model, &RecordModel::stateChanged, once, [this, once, id] {
        if (!m_model->isLoaded() || m_model->isLoading() || m_model->isCounting())
            return;
        once->deleteLater();
        once->disconnect();
        m_model->disconnect(once);
        m_model->locate(id);
    });
}

void RecordsPage::open(const QJsonObject &what)
{
    if (what.contains(u"import"_s)) {
        importFiles(what[u"import"_s].toVariant().toStringList());
        return;
    }
    const qint64 id = what.contains(u"record"_s) ? what[u"record"_s].toInteger() : what[u"id"_s].toInteger();
    if (id <= 0 || !m_session)
        return;
    m_filter->clear(); // it may not match
    goTo(id);
}

} // namespace admin
