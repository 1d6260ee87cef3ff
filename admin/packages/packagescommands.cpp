// SPDX-License-Identifier: GPL-3.0-only
#include "packages/packagedetail.h"
#include "packages/packagefilterbar.h"
#include "packages/packagesaver.h"
#include "packages/packagespage.h"
#include "packages/packageverifier.h"
#include "packages/progressstrip.h"
#include "ui/messagestrip.h"
#include "ui/pagedmodel.h"
#include "ui/pageheader.h"
#include "ui/tableview.h"

#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QFileDialog>
#include <QStandardPaths>

using namespace Qt::StringLiterals;

namespace admin {

// What PackagesPage does, apart from how it looks.

Command *PackagesPage::make(const QString &commandId, const QString &text, const QString &icon, const QString &help)
{
    auto *command = new Command(commandId, text, icon, Command::Effect::Looks, this);
    command->setHelp(help);
    return command;
}

void PackagesPage::buildCommands()
{
    m_verify = new Command(u"packages.verify"_s, tr("Verify now"), u"verify"_s, Command::Effect::Changes, this);
    m_verify->setHelp(tr("Have the server read the file again and compare every digest"));
    m_verify->setShortcut(Qt::CTRL | Qt::Key_E);
    m_verify->setKeywords(tr("check fixity digest"));
    m_save = make(u"packages.save"_s, tr("Save as…"), u"save"_s, tr("Download it to a file, and check its SHA-256"));
    m_save->setShortcut(QKeySequence::Save);
    m_look = make(u"packages.look"_s, tr("Look inside"), u"eye"_s, tr("List what is in the zip file (Enter)"));
    m_record = make(u"packages.record"_s, tr("Show its record"), u"records"_s, tr("Open it in Records"));
    m_copy = make(u"packages.copydigest"_s, tr("Copy SHA-256"), u"copy"_s, tr("To the clipboard"));
    m_find = make(u"packages.find"_s, tr("Find packages"), u"search"_s, {});
    m_find->setShortcut(QKeySequence::Find);
    m_records = make(u"packages.records"_s, tr("Open Records"), u"records"_s, {});
    connect(m_verify, &QAction::triggered, this, &PackagesPage::verifySelected);
    connect(m_save, &QAction::triggered, this, &PackagesPage::saveSelected);
    connect(m_look, &QAction::triggered, this, [this] {
        m_detailWanted = true;
        selectionChanged();
        m_detail->showContents(true);
    });
    connect(m_record, &QAction::triggered, this, [this] {
        for (const auto &package : selected().mid(0, 1))
            Q_EMIT openRequested(u"records"_s, {{u"id"_s, package[u"record"_s]}});
    });
    connect(m_copy, &QAction::triggered, this, [this] {
        QStringList digests;
        for (const auto &package : selected())
            digests << package[u"sha256"_s].toString();
        QApplication::clipboard()->setText(digests.join(u'\n'));
        Q_EMIT notice(tr("Copied"));
    });
    connect(m_find, &QAction::triggered, m_filter, &PackageFilterBar::focusText);
    connect(m_records, &QAction::triggered, this, [this] { Q_EMIT openRequested(u"records"_s, {}); });
}

QList<Command *> PackagesPage::commands() const
{
    return {m_verify, m_save, m_look, m_record, m_copy, m_find, m_filter->clearCommand()};
}

void PackagesPage::updateCommands()
{
    const auto packages = selected();
    const bool isOne = packages.size() == 1;
    const QString one = tr("Select one package first"), some = tr("Select a package first");
    const auto can = [this](const QByteArray &method, const QString &path) {
        return m_session && m_session->endpoints().has(QString::fromLatin1(method), path);
    };
    const QString verify = u"/admin/v1/sips/{id}/verify"_s;
    m_verify->setVisible(m_session && m_session->endpoints().exists(u"POST"_s, verify));
    m_verify->setText(packages.size() > 1 ? tr("Verify %1 now").arg(packages.size()) : tr("Verify now"));
    if (m_session && !can("POST", verify))
        m_verify->setPossible(false, tr("Your token may read only"));
    else
        m_verify->setPossible(!packages.isEmpty(), some);
    m_save->setVisible(m_session && m_session->endpoints().exists(u"GET"_s, u"/sip/{id}/file"_s));
    if (m_saver->isRunning())
        m_save->setPossible(false, tr("Another package is being saved"));
    else if (m_session && !can("GET", u"/sip/{id}/file"_s))
        m_save->setPossible(false, tr("Your token may not read packages (scope records:read)"));
    else
        m_save->setPossible(isOne, one);
    m_look->setVisible(can("GET", u"/admin/v1/sips/{id}/entries"_s));
    m_look->setPossible(!packages.isEmpty(), some);
    m_record->setPossible(isOne, one);
    m_copy->setPossible(!packages.isEmpty(), some);
}

void PackagesPage::verifySelected()
{
    QList<qint64> ids;
    for (const auto &package : selected())
        ids << package[u"id"_s].toInteger();
    m_message->hide();
    if (!ids.isEmpty())
        m_verifier->verify(ids);
}

void PackagesPage::verifyEnded(const Problem &problem)
{
    m_verifying->hide();
    updateCommands();
    const int good = m_verifier->good(), bad = m_verifier->bad();
    if (problem)
        m_message->tell(tr("%1 of %2 could not be verified. %3")
                            .arg(m_verifier->total() - good - bad)
                            .arg(m_verifier->total())
                            .arg(problem.sentence()),
                        Tone::Bad);
    else if (bad > 0)
        m_message->tell(m_verifier->total() == 1
                            ? tr("The package is not as it was made; its details say what is wrong and what to do.")
                            : tr("%1 of %2 packages are not as they were made: see those with a fault.")
                                  .arg(bad)
                                  .arg(m_verifier->total()),
                        Tone::Bad);
    else if (good > 0)
        Q_EMIT notice(good == 1 ? tr("Verified: every byte is as it was made")
                                : tr("%1 packages verified: every byte is as it was made").arg(good));
}

void PackagesPage::saveSelected()
{
    const auto packages = selected();
    if (packages.isEmpty() || m_saver->isRunning())
        return;
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::DownloadLocation);
    const QString name = QFileInfo(packages.first()[u"file"_s].toString()).fileName();
    auto *dialog = new QFileDialog(this, tr("Save package %1").arg(packages.first()[u"id"_s].toInteger()),
                                   QDir(folder).filePath(name), tr("Packages (*.zip);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    connect(dialog, &QFileDialog::fileSelected, this,
            [this, package = packages.first()](const QString &path) { saveTo(package, path); });
    dialog->open();
}

void PackagesPage::saveTo(const QJsonObject &package, const QString &path)
{
    m_message->hide();
    m_saver->save(package, path);
}

} // namespace admin
