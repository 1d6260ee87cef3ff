// SPDX-License-Identifier: GPL-3.0-only
// RecordsPage: how it is built. What it follows is in pagestate.cpp, what it does in pageactions.cpp and pagefiles.cpp.
#include "records/recordspage.h"

#include "records/filterbar.h"
#include "records/jobbar.h"
#include "records/jsonview.h"
#include "records/packagelist.h"
#include "records/pagecommands.h"
#include "records/recorddetail.h"
#include "records/recordmodel.h"
#include "records/recordtable.h"
#include "ui/commandbutton.h"
#include "ui/contentview.h"
#include "ui/emptystate.h"
#include "ui/iconlabel.h"
#include "ui/pageheader.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QSettings>
#include <QSplitter>

using namespace Qt::StringLiterals;

namespace admin {

RecordsPage::RecordsPage(QWidget *parent)
    : Page(parent)
    , m_commands(std::make_unique<Commands>())
    , m_model(new RecordModel(this))
    , m_table(new RecordTable(this))
    , m_detail(new RecordDetail(this))
    , m_filter(new FilterBar(this))
    , m_header(new PageHeader(title(), this))
{
    makeCommands();
    makeChangingCommands();
    build();
    connectParts();
    followEndpoints();
    followSelection();
    follow();
}

RecordsPage::~RecordsPage() = default;

QString RecordsPage::id() const { return u"records"_s; }

QString RecordsPage::title() const { return tr("Records"); }

QString RecordsPage::iconName() const { return u"records"_s; }

bool RecordsPage::isOffered(const Endpoints &endpoints) const
{
    return endpoints.exists(u"GET"_s, u"/admin/v1/records"_s);
}

QList<Command *> RecordsPage::commands() const { return m_commands->all(); }

void RecordsPage::makeCommands()
{
    const auto make = [this](const QString &id, const QString &text, const QString &icon, const QKeySequence &keys,
                             auto slot) {
        auto *command = new Command(id, text, icon, Command::Effect::Looks, this);
        command->setShortcut(keys);
        connect(command, &QAction::triggered, this, slot);
        return command;
    };
    Commands &commands = *m_commands;
    commands.exportRows = make(u"records.export"_s, tr("Export…"), u"export"_s, Qt::CTRL | Qt::Key_E,
                               [this] { chooseExportFile(); });
    commands.exportRows->setKeywords(tr("csv ndjson save download"));
    commands.columns = make(u"records.columns"_s, tr("Columns…"), u"columns"_s, {}, [this] { chooseColumns(); });
    commands.columns->setHelp(tr("Choose which values of the records are columns"));
    commands.reverse = make(u"records.reverse"_s, tr("Oldest first"), u"chevron-up"_s, {}, [this] { reverse(); });
    commands.reverse->setKeywords(tr("sort order newest"));
    commands.find = make(u"records.find"_s, tr("Find records"), u"search"_s, QKeySequence::Find,
                         [this] { m_filter->focusText(); });
    commands.findInside = make(u"records.find-inside"_s, tr("Find in this record"), u"search"_s,
                               Qt::CTRL | Qt::SHIFT | Qt::Key_F, [this] { m_detail->startSearch(); });
    commands.copy = make(u"records.copy"_s, tr("Copy JSON"), u"copy"_s, Qt::CTRL | Qt::Key_J, [this] { copyRecord(); });
    commands.save = make(u"records.save"_s, tr("Save record…"), u"save"_s, QKeySequence::Save,
                         [this] { saveRecord(); });
    commands.showNew = make(u"records.show-new"_s, tr("Show"), u"chevron-up"_s, {}, [this] { showNew(); });
    commands.showNew->setHelp(tr("Show the new records"));
    commands.clearFilter = make(u"records.clear-filter"_s, tr("Clear filter"), u"close"_s, {},
                                [this] { m_filter->clear(); });
    commands.clearSelection = make(u"records.clear-selection"_s, tr("Clear selection"), u"close"_s, {},
                                   [this] { m_table->selectionModel()->clearSelection(); });
}

void RecordsPage::makeChangingCommands()
{
    const auto make = [this](const QString &id, const QString &text, const QString &icon, const QKeySequence &keys,
                             auto slot) {
        auto *command = new Command(id, text, icon, Command::Effect::Changes, this);
        command->setShortcut(keys);
        connect(command, &QAction::triggered, this, slot);
        return command;
    };
    Commands &commands = *m_commands;
    commands.create = make(u"records.new"_s, tr("New record"), u"add"_s, QKeySequence::New, &RecordsPage::newRecord);
    commands.duplicate = make(u"records.duplicate"_s, tr("Duplicate…"), u"duplicate"_s, Qt::CTRL | Qt::Key_D,
                              &RecordsPage::duplicate);
    commands.duplicate->setHelp(tr("Write a new record that begins as this one"));
    commands.edit = make(u"records.edit"_s, tr("Edit…"), u"edit"_s, {}, &RecordsPage::editCurrent);
    commands.undo = make(u"records.undo"_s, tr("Undo edit"), u"rollback"_s, QKeySequence::Undo, &RecordsPage::undoEdit);
    commands.remove = make(u"records.delete"_s, tr("Delete"), u"delete"_s, {}, &RecordsPage::deleteCurrent);
    commands.archive = make(u"records.archive"_s, tr("Archive again"), u"archive"_s, {}, &RecordsPage::archiveAgain);
    commands.archive->setHelp(tr("Make packages of the selected records anew"));
    commands.import = make(u"records.import"_s, tr("Import…"), u"import"_s, Qt::CTRL | Qt::Key_I,
                           [this] { chooseImportFiles(); });
    commands.import->setHelp(tr("Store the records of JSON or NDJSON files; they can be dropped on the table too"));
}

void RecordsPage::build()
{
    m_header->addCommand(m_commands->import);
    m_header->addCommand(m_commands->exportRows);
    m_header->addCommand(m_commands->create, true);
    m_filter->addWidget(new CommandButton(m_commands->reverse, CommandButton::Look::Button, m_filter));
    m_filter->addWidget(new CommandButton(m_commands->columns, CommandButton::Look::Button, m_filter));
    auto *splitter = new QSplitter(Qt::Horizontal, this);
    splitter->setChildrenCollapsible(false);
    buildTable(splitter);
    buildDetail(splitter);
    splitter->setStretchFactor(0, 5);
    splitter->setStretchFactor(1, 3);
    splitter->restoreState(QSettings().value(u"records/splitter"_s).toByteArray());
    connect(splitter, &QSplitter::splitterMoved, this,
            [splitter] { QSettings().setValue(u"records/splitter"_s, splitter->saveState()); });
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(28, 24, 28, 20);
    layout->setSpacing(14);
    layout->addWidget(m_header);
    layout->addWidget(m_filter);
    layout->addWidget(splitter, 1);
    m_jobs = new QVBoxLayout;
    m_jobs->setSpacing(8);
    layout->addLayout(m_jobs);
}

void RecordsPage::buildTable(QSplitter *splitter)
{
    m_table->setRecords(m_model);
    m_table->setRowCommands({m_commands->duplicate, m_commands->edit, m_commands->archive, m_commands->exportRows,
                             nullptr, m_commands->copy, m_commands->save, nullptr, m_commands->remove});
    m_empty = new EmptyState(u"records"_s, tr("No records yet"),
                             tr("Write the first one, drop JSON or NDJSON files here, or post one to /record."), this);
    m_empty->addCommand(m_commands->create);
    m_empty->addCommand(m_commands->import);
    m_empty->addCommand(m_commands->clearFilter);
    m_content = new ContentView(m_table, m_empty, this);
    auto *left = new QWidget(splitter);
    auto *layout = new QVBoxLayout(left);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(buildNewBar());
    layout->addWidget(m_content, 1);
    layout->addWidget(buildSelectionBar());
    splitter->addWidget(left);
}

void RecordsPage::buildDetail(QSplitter *splitter)
{
    auto *card = new QFrame(splitter);
    card->setProperty("role", u"card"_s);
    card->setMinimumWidth(320);
    auto *layout = new QVBoxLayout(card);
    layout->setContentsMargins(16, 14, 16, 16);
    layout->addWidget(m_detail);
    for (Command *command :
         {m_commands->copy, m_commands->save, m_commands->duplicate, m_commands->edit, m_commands->remove})
        m_detail->addCommand(command);
    splitter->addWidget(card);
}

QWidget *RecordsPage::buildNewBar()
{
    auto *bar = new QFrame(this);
    bar->setProperty("role", u"card"_s);
    m_newText = new QLabel(bar);
    auto *icon = new IconLabel(u"info"_s, 18, bar);
    icon->set(u"info"_s, Tone::Info);
    auto *line = new QHBoxLayout(bar);
    line->setContentsMargins(14, 6, 6, 6);
    line->addWidget(icon);
    line->addWidget(m_newText, 1);
    line->addWidget(new CommandButton(m_commands->showNew, CommandButton::Look::Flat, bar));
    bar->hide();
    m_newBar = bar;
    return bar;
}

QWidget *RecordsPage::buildSelectionBar()
{
    auto *bar = new QFrame(this);
    bar->setProperty("role", u"card"_s);
    m_selectionText = new QLabel(bar);
    auto *line = new QHBoxLayout(bar);
    line->setContentsMargins(14, 6, 6, 6);
    line->addWidget(m_selectionText, 1);
    line->addWidget(new CommandButton(m_commands->archive, CommandButton::Look::Flat, bar));
    line->addWidget(new CommandButton(m_commands->exportRows, CommandButton::Look::Flat, bar));
    line->addWidget(new CommandButton(m_commands->clearSelection, CommandButton::Look::Flat, bar));
    bar->hide();
    m_selectionBar = bar;
    return bar;
}

} // namespace admin
