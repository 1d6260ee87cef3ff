// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "records/exportfile.h"
#include "records/recordwalk.h"
#include "ui/page.h"

class QLabel;
class QSplitter;
class QVBoxLayout;

namespace admin {

class ContentView;
class EmptyState;
class FilterBar;
class Job;
class JobBar;
class PageHeader;
class RecordDetail;
class RecordModel;
class RecordTable;

/// The records of a server: a table of all of them, what is in one beside it, and what can be done with them.
class RecordsPage : public Page
{
    Q_OBJECT

public:
    explicit RecordsPage(QWidget *parent = nullptr);
    ~RecordsPage() override;

    QString id() const override;
    QString title() const override;
    QString iconName() const override;
    bool isOffered(const Endpoints &endpoints) const override;
    void setSession(Session *session) override;
    QList<Command *> commands() const override;
    bool isReady() const override;
    void activated() override;
    void deactivated() override;
    void refresh() override;
    /// {"id": 17} or {"record": 17}; {"import": [path, ...]} stores the records of files.
    void open(const QJsonObject &what) override;

    RecordModel *model() const { return m_model; }
    RecordTable *table() const { return m_table; }
    RecordDetail *detail() const { return m_detail; }
    FilterBar *filterBar() const { return m_filter; }
    /// Writes the selected rows if they are several, else all that match.
    JobBar *exportTo(const QString &file, ExportFormat format);
    JobBar *importFiles(const QStringList &files);

public Q_SLOTS:
    void newRecord();
    void duplicate();
    void archiveAgain();

private:
    struct Commands;
    // Building.
    void makeCommands();
    void makeChangingCommands();
    void build();
    void buildTable(QSplitter *splitter);
    void buildDetail(QSplitter *splitter);
    QWidget *buildNewBar();
    QWidget *buildSelectionBar();
    void connectParts();
    // Following.
    void load();
    void follow();
    void followRows();
    void followCurrent();
    void followSelection();
    void followEndpoints();
    void showNew();
    void tellReady();
    QString countSentence() const;
    QString settingsKey() const;
    // Doing.
    void edit(const QString &title, const QString &text, qint64 replaced);
    void editCurrent();
    void deleteCurrent();
    void chooseColumns();
    void chooseExportFile();
    void chooseImportFiles();
    void saveRecord();
    void copyRecord();
    void showStored(qint64 id, const QString &sentence);
    void undoEdit();
    void followUndo();
    void downloadPackage(qint64 id, const QString &name);
    void saveReport(const QString &report);
    void reverse();
    void goTo(qint64 id);
    void askToSave(const QString &title, const QString &name, const std::function<void(const QString &)> &save);
    QList<RowRange> chosenRows() const;
    JobBar *run(Job *job);

    QPointer<Session> m_session;
    std::unique_ptr<Commands> m_commands;
    RecordModel *m_model;
    RecordTable *m_table;
    RecordDetail *m_detail;
    FilterBar *m_filter;
    PageHeader *m_header;
    ContentView *m_content = nullptr;
    EmptyState *m_empty = nullptr;
    QWidget *m_newBar = nullptr, *m_selectionBar = nullptr;
    QLabel *m_newText = nullptr, *m_selectionText = nullptr;
    QVBoxLayout *m_jobs = nullptr;
    QStringList m_names;
    struct Edit
    {
        qint64 id = 0; ///< 0: none, or a new record.
        QByteArray before, after;
    };
    Edit m_lastEdit; ///< What Undo takes back.
    bool m_isActive = false, m_wasReady = false;
};

} // namespace admin
