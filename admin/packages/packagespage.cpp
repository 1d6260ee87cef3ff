// SPDX-License-Identifier: GPL-3.0-only
#include "packages/packagespage.h"

#include "packages/packagecolumns.h"
#include "packages/packagecontents.h"
#include "packages/packagedetail.h"
#include "packages/packagefilterbar.h"
#include "packages/packagesaver.h"
#include "packages/packageverifier.h"
#include "packages/progressstrip.h"
#include "ui/contentview.h"
#include "ui/emptystate.h"
#include "ui/messagestrip.h"
#include "ui/pageheader.h"
#include "ui/tableview.h"
#include "ui/times.h"

#include <QApplication>
#include <QClipboard>
#include <QShortcut>
#include <QSplitter>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace admin {

PackagesPage::PackagesPage(QWidget *parent)
    : Page(parent)
    , m_header(new PageHeader(title(), this))
    , m_model(new PagedModel(packageColumns(), this))
    , m_filter(new PackageFilterBar(this))
    , m_detail(new PackageDetail(this))
    , m_message(new MessageStrip(this))
    , m_verifying(new ProgressStrip(tr("Verifying"), this))
    , m_saving(new ProgressStrip(tr("Saving"), this))
    , m_verifier(new PackageVerifier(this))
    , m_saver(new PackageSaver(this))
{
    buildCommands();
    build();
    connectWork();
    updateCommands();
}

void PackagesPage::build()
{
    m_splitter = new QSplitter(this);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->addWidget(buildTable());
    m_splitter->addWidget(m_detail);
    m_splitter->setStretchFactor(0, 1);
    m_splitter->setSizes({640, 440});
    m_detail->setMinimumWidth(340);
    m_detail->hide();
    for (Command *command : {m_verify, m_save, m_record})
        m_detail->addCommand(command);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(28, 24, 28, 24);
    layout->setSpacing(12);
    layout->addWidget(m_header);
    layout->addWidget(m_filter);
    for (QWidget *strip :
         {static_cast<QWidget *>(m_message), static_cast<QWidget *>(m_verifying), static_cast<QWidget *>(m_saving)})
        layout->addWidget(strip);
    layout->addWidget(m_splitter, 1);
    auto *escape = new QShortcut(Qt::Key_Escape, this);
    escape->setContext(Qt::WidgetWithChildrenShortcut);
    connect(escape, &QShortcut::activated, this, &PackagesPage::closeDetail);
}

QWidget *PackagesPage::buildTable()
{
    m_table = new TableView(tr("Packages"), this);
    m_table->setModel(m_model);
    m_table->keepColumns(u"packages"_s);
    m_table->setRowCommands({m_look, m_record, nullptr, m_verify, m_save, nullptr, m_copy});
    auto *none = new EmptyState(u"packages"_s, tr("No packages yet"),
                                tr("Each record that is posted is archived into a package, a zip file that says of "
                                   "itself what belongs into it. Post a record to see the first."),
                                this);
    none->addCommand(m_records);
    m_filtered = new EmptyState(u"filter"_s, tr("No packages match"), tr("Nothing is left with this filter."), this);
    m_filtered->addCommand(m_filter->clearCommand());
    auto *content = new ContentView(m_table, m_model, none, m_filtered, this);
    connect(m_filter, &PackageFilterBar::changed, this, &PackagesPage::applyFilter);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &PackagesPage::selectionChanged);
    connect(m_table, &TableView::opened, m_look, &QAction::trigger);
    connect(m_model, &QAbstractItemModel::dataChanged, this, &PackagesPage::selectionChanged);
    connect(m_model, &QAbstractItemModel::rowsRemoved, this, &PackagesPage::updateCommands);
    connect(m_model, &QAbstractItemModel::modelReset, this, &PackagesPage::updateCommands, Qt::QueuedConnection);
    connect(m_model, &PagedModel::stateChanged, this, [this] {
        updateSubtitle();
        if (const int row = m_wanted > 0 ? m_model->rowOf(m_wanted) : -1; row >= 0) {
            m_wanted = 0;
            m_table->selectRow(row);
            m_table->scrollTo(m_model->index(row, 0));
        }
        if (isReady())
            Q_EMIT ready();
    });
    return content;
}

void PackagesPage::connectWork()
{
    connect(m_detail, &PackageDetail::closeRequested, this, &PackagesPage::closeDetail);
    connect(m_detail, &PackageDetail::recordRequested, this, [this](qint64 record) {
        Q_EMIT openRequested(u"records"_s, {{u"id"_s, record}});
    });
    connect(m_detail, &PackageDetail::completed, this, [this] {
        if (isReady())
            Q_EMIT ready();
    });
    connect(m_verifying, &ProgressStrip::cancelled, m_verifier, &PackageVerifier::cancel);
    connect(m_verifier, &PackageVerifier::verified, m_model, &PagedModel::update);
    connect(m_verifier, &PackageVerifier::ended, this, &PackagesPage::verifyEnded);
    connect(m_verifier, &PackageVerifier::progressed, this, [this] {
        m_verifying->tell(tr("Verifying %1 of %2").arg(m_verifier->finished() + 1).arg(m_verifier->total()),
                          m_verifier->finished(), m_verifier->total());
        updateCommands();
    });
    connect(m_saving, &ProgressStrip::cancelled, m_saver, &PackageSaver::cancel);
    connect(m_saver, &PackageSaver::progressed, this, [this] {
        m_saving->tell(tr("Saving: %1 of %2").arg(sizeText(m_saver->received()), sizeText(m_saver->size())),
                       m_saver->received(), m_saver->size());
        updateCommands();
    });
    connect(m_saver, &PackageSaver::saved, this, [this](const QString &path) {
        m_saving->hide();
        m_message->tell(tr("Saved as %1. Its SHA-256 is that of the package.").arg(path), Tone::Good);
        updateCommands();
    });
    connect(m_saver, &PackageSaver::failed, this, [this](const QString &sentence) {
        m_saving->hide();
        if (sentence.isEmpty())
            Q_EMIT notice(tr("Nothing was saved"));
        else
            m_message->tell(sentence, Tone::Bad);
        updateCommands();
    });
}

QString PackagesPage::id() const { return u"packages"_s; }

QString PackagesPage::title() const { return tr("Packages"); }

QString PackagesPage::iconName() const { return u"packages"_s; }

bool PackagesPage::isOffered(const Endpoints &endpoints) const
{
    return endpoints.exists(u"GET"_s, u"/admin/v1/sips"_s);
}

void PackagesPage::setSession(Session *session)
{
    if (m_session)
        m_session->disconnect(this);
    m_session = session;
    m_message->hide();
    m_verifying->hide();
    m_saving->hide();
    m_detail->hide();
    m_detail->setSession(session);
    m_verifier->setSession(session);
    m_saver->setSession(session);
    m_model->setSource(nullptr, {});
    if (session) {
        connect(session, &Session::endpointsChanged, this, &PackagesPage::updateCommands);
        connect(session, &Session::changed, this, [this](const QString &what) {
            if (what == u"sips"_s && m_isActive)
                m_model->refresh();
        });
    }
    updateCommands();
    if (m_isActive)
        activated();
}

void PackagesPage::activated()
{
    if (!std::exchange(m_isActive, true) && m_model->isLoaded())
        m_model->refresh();
    else if (m_session)
        applyFilter();
}

void PackagesPage::deactivated() { m_isActive = false; }

void PackagesPage::applyFilter()
{
    if (m_isActive && m_session)
        m_model->setSource(m_session, u"/admin/v1/sips"_s, m_filter->query());
}

bool PackagesPage::isReady() const
{
    return (m_model->isLoaded() || m_model->problem()) && (m_detail->isHidden() || m_detail->isComplete());
}

void PackagesPage::updateSubtitle()
{
    const auto count = m_model->rowCount();
    m_header->setSubtitle(!m_model->isLoaded()     ? QString()
                              : m_model->isAtEnd() ? tr("%Ln package(s)", nullptr, count)
                                                   : tr("%Ln+ packages", nullptr, count));
}

QList<QJsonObject> PackagesPage::selected() const
{
    QList<QJsonObject> packages;
    for (const int row : m_table->selectedRows())
        packages << m_model->row(row);
    return packages;
}

void PackagesPage::selectionChanged()
{
    updateCommands();
    const auto rows = m_table->selectedRows();
    if (rows.isEmpty() || !m_detailWanted)
        return;
    const int current = m_table->currentIndex().row();
    showOne(m_model->row(rows.contains(current) ? current : rows.first()));
}

void PackagesPage::showOne(const QJsonObject &package)
{
    m_detail->showPackage(package);
    m_detail->show();
}

void PackagesPage::closeDetail()
{
    if (m_detail->isHidden())
        return;
    m_detailWanted = false;
    m_detail->hide();
    m_table->setFocus();
}

void PackagesPage::open(const QJsonObject &what)
{
    m_detailWanted = true;
    m_wanted = what[u"id"_s].toInteger();
    m_filter->set(what.contains(u"record"_s) ? QString::number(what[u"record"_s].toInteger()) : QString(),
                  what[u"state"_s].toString());
    if (m_wanted > 0)
        m_model->refresh();
}

} // namespace admin
