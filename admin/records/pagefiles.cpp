// SPDX-License-Identifier: GPL-3.0-only
// RecordsPage: records from and to files.
#include "records/background.h"
#include "records/downloadjob.h"
#include "records/exportjob.h"
#include "records/importjob.h"
#include "records/jobbar.h"
#include "records/recorddetail.h"
#include "records/recordmodel.h"
#include "records/recordspage.h"

#include <QDir>
#include <QFileDialog>
#include <QSettings>
#include <QStandardPaths>
#include <QToolButton>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

QString folder()
{
    return QSettings()
        .value(u"records/folder"_s, QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation))
        .toString();
}

void keepFolder(const QString &file) { QSettings().setValue(u"records/folder"_s, QFileInfo(file).absolutePath()); }

QString writeWhole(const QString &name, const QByteArray &bytes)
{
    QSaveFile file(name);
    const bool isDone = file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.commit();
    return isDone ? QString() : file.errorString();
}

} // namespace

// A dialog that nothing waits for.
void RecordsPage::askToSave(const QString &title, const QString &name, const std::function<void(const QString &)> &save)
{
    auto *dialog = new QFileDialog(this, title, folder());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->selectFile(name);
    connect(dialog, &QFileDialog::fileSelected, this, [save](const QString &file) {
        keepFolder(file);
        save(file);
    });
    dialog->open();
}

void RecordsPage::chooseExportFile()
{
    auto *dialog = new QFileDialog(this, tr("Export records"), folder());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters({tr("NDJSON, a record on each line (*.ndjson)"), tr("CSV, a row for each record (*.csv)")});
    dialog->setDefaultSuffix(u"ndjson"_s);
    dialog->selectFile(u"records.ndjson"_s);
    connect(dialog, &QFileDialog::filterSelected, dialog, [dialog](const QString &filter) {
        dialog->setDefaultSuffix(filter.contains(u"*.csv") ? u"csv"_s : u"ndjson"_s);
    });
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &file) {
        keepFolder(file);
        exportTo(file, file.endsWith(u".csv", Qt::CaseInsensitive) ? ExportFormat::Csv : ExportFormat::Lines);
    });
    dialog->open();
}

JobBar *RecordsPage::exportTo(const QString &file, ExportFormat format)
{
    if (!m_session || !m_model->isLoaded())
        return nullptr;
    return run(new ExportJob(m_session, m_model->snapshot(), chosenRows(), {file, format, m_model->paths()}, this));
}

void RecordsPage::chooseImportFiles()
{
    auto *dialog = new QFileDialog(this, tr("Import records"), folder());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    dialog->setNameFilters({tr("JSON and NDJSON (*.json *.ndjson *.jsonl)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::filesSelected, this, [this](const QStringList &files) {
        keepFolder(files.first());
        importFiles(files);
    });
    dialog->open();
}

JobBar *RecordsPage::importFiles(const QStringList &files)
{
    if (!m_session || files.isEmpty())
        return nullptr;
    if (m_session->isReadOnly() || !m_session->endpoints().has(u"POST"_s, u"/record"_s)) {
        Q_EMIT notice(tr("Nothing was sent: this connection may not store records here."));
        return nullptr;
    }
    auto *job = new ImportJob(m_session, files, this);
    JobBar *bar = run(job);
    connect(bar, &JobBar::ended, this, [this, bar, job] {
        if (m_model->rowCount() == 0)
            m_model->reload(); // nothing is there that could move; else the bar of new records tells
        if (const QString report = job->report(); !report.isEmpty()) {
            QToolButton *save = bar->addAction(tr("Save report…"));
            connect(save, &QToolButton::clicked, this, [this, report] { saveReport(report); });
        }
    });
    return bar;
}

void RecordsPage::saveReport(const QString &report)
{
    askToSave(tr("Save the report of what was not stored"), u"import-report.txt"_s,
              [this, report](const QString &file) {
                  QFile::remove(file); // the dialog asked
                  const bool isSaved = QFile::copy(report, file);
                  Q_EMIT notice(isSaved ? tr("Report saved as %1").arg(file)
                                        : tr("The report could not be saved as %1").arg(file));
              });
}

void RecordsPage::saveRecord()
{
    if (!m_detail->isLoaded())
        return;
    const QString name = u"record-%1.json"_s.arg(m_detail->recordId());
    askToSave(tr("Save record"), name, [this, json = m_detail->json()](const QString &file) {
        inBackground(
            this, [file, json] { return writeWhole(file, json); },
            [this, file](const QString &fault) {
                Q_EMIT notice(fault.isEmpty() ? tr("Saved as %1").arg(file)
                                              : tr("%1 could not be written: %2").arg(file, fault));
            });
    });
}

void RecordsPage::downloadPackage(qint64 id, const QString &name)
{
    askToSave(tr("Save package"), name, [this, id, name](const QString &file) {
        if (m_session)
            run(new DownloadJob(m_session, u"/sip/%1/file"_s.arg(id), name, file, this));
    });
}

} // namespace admin
