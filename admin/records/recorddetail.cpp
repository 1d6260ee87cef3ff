// SPDX-License-Identifier: GPL-3.0-only
#include "records/recorddetail.h"

#include "records/background.h"
#include "records/packagelist.h"
#include "ui/command.h"
#include "ui/commandbutton.h"
#include "ui/contentview.h"
#include "ui/emptystate.h"
#include "ui/tabbar.h"
#include "ui/times.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QStackedWidget>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace admin {

namespace {

struct ReadRecord
{
    std::optional<QByteArray> data;
    bool isJson = false;
};

} // namespace

RecordDetail::RecordDetail(QWidget *parent)
    : QWidget(parent)
    , m_title(new QLabel(this))
    , m_facts(new QLabel(this))
    , m_actions(new QHBoxLayout)
    , m_tabs(new TabBar(tr("What is shown of the record"), this))
    , m_stack(new QStackedWidget(this))
    , m_view(new JsonView(this))
    , m_packages(new PackageList(this))
{
    auto *whole = new QWidget(this);
    auto *empty = new EmptyState(u"json"_s, tr("No record chosen"), tr("Choose one in the table to see what is in it."),
                                 this);
    m_content = new ContentView(whole, empty, this);
    connect(m_content, &ContentView::retryRequested, this, &RecordDetail::fetch);
    buildTabs();
    m_stack->addWidget(m_view);
    m_stack->addWidget(m_packages);
    auto *inner = new QVBoxLayout(whole);
    inner->setContentsMargins(0, 0, 0, 0);
    inner->setSpacing(10);
    inner->addWidget(buildHead());
    inner->addWidget(m_tabs);
    inner->addWidget(m_stack, 1);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_content);

    m_soon.setSingleShot(true);
    m_soon.setInterval(120ms);
    connect(&m_soon, &QTimer::timeout, this, &RecordDetail::fetch);
    connect(m_packages, &PackageList::countChanged, this, [this] {
        m_tabs->setTabText(PackagesTab,
                           m_packages->count() < 0 ? tr("Packages") : tr("Packages (%1)").arg(m_packages->count()));
    });
    connect(m_view, &JsonView::modeChanged, this, [this] {
        if (m_tabs->currentIndex() != PackagesTab)
            m_tabs->setCurrentIndex(m_view->mode() == JsonView::Mode::Tree ? TreeTab : TextTab);
    });
    m_content->showEmpty();
}

QWidget *RecordDetail::buildHead()
{
    auto *head = new QWidget(this);
    m_title->setProperty("role", u"heading"_s);
    m_facts->setProperty("role", u"muted"_s);
    auto *words = new QVBoxLayout;
    words->setSpacing(2);
    words->addWidget(m_title);
    words->addWidget(m_facts);
    m_actions->setSpacing(2);
    auto *line = new QHBoxLayout(head);
    line->setContentsMargins(0, 0, 0, 0);
    line->addLayout(words, 1);
    line->addLayout(m_actions);
    return head;
}

void RecordDetail::buildTabs()
{
    m_tabs->addTab(tr("Tree"));
    m_tabs->addTab(tr("Text"));
    m_tabs->addTab(tr("Packages"));
    connect(m_tabs, &QTabBar::currentChanged, this, &RecordDetail::followTab);
}

void RecordDetail::followTab()
{
    const int tab = m_tabs->currentIndex();
    m_stack->setCurrentWidget(tab == PackagesTab ? static_cast<QWidget *>(m_packages) : m_view);
    const auto mode = tab == TextTab ? JsonView::Mode::Text : JsonView::Mode::Tree;
    if (tab != PackagesTab && m_view->mode() != mode)
        m_view->setMode(mode);
}

void RecordDetail::addCommand(Command *command)
{
    m_actions->addWidget(new CommandButton(command, CommandButton::Look::Icon, this), 0, Qt::AlignTop);
}

void RecordDetail::setSession(Session *session)
{
    m_session = session;
    m_packages->setSession(session);
    showRecord(0);
}

void RecordDetail::showRecord(qint64 id)
{
    if (id == m_id && (id == 0 || !m_hasProblem))
        return;
    m_id = id;
    m_hasProblem = false;
    delete m_reply;
    m_soon.stop();
    if (id == 0 || !m_session) {
        m_loaded = 0;
        m_view->setData({});
        m_packages->setRecord(0);
        m_content->showEmpty();
        return;
    }
    m_title->setText(tr("Record %1").arg(id));
    m_facts->clear();
    m_soon.start();
}

void RecordDetail::showFacts(const RecordRow &row)
{
    if (row.id != m_id)
        return;
    QStringList facts;
    if (!row.created.isEmpty())
        facts << tr("stored %1").arg(relativeTime(timeOf(row.created)));
    facts << sizeText(row.size);
    if (row.isInvalid)
        facts << tr("not valid JSON");
    m_facts->setText(facts.join(u" · "_s));
    m_facts->setToolTip(exactTime(timeOf(row.created)));
}

void RecordDetail::fetch()
{
    if (m_id == 0 || !m_session)
        return;
    delete m_reply;
    m_hasProblem = false;
    if (m_loaded == 0)
        m_content->showLoading();
    m_reply = m_session->api().send({.path = u"/record/%1"_s.arg(m_id), .patience = 60s}, this);
    m_reply->then(this, [this](const ApiReply &reply) { take(reply); });
    m_packages->setRecord(m_session->endpoints().has(u"GET"_s, u"/record/{id}/sips"_s) ? m_id : 0);
}

void RecordDetail::take(const ApiReply &reply)
{
    m_reply = nullptr;
    if (!reply.isOk()) {
        m_loaded = 0;
        m_hasProblem = true;
        m_content->showProblem(reply.problem());
        Q_EMIT loaded();
        return;
    }
    const auto read = [bytes = reply.bytes()] {
        ReadRecord record{recordData(bytes)};
        record.isJson = record.data && !checkJson(*record.data);
        return record;
    };
    inBackground(this, read, [this, id = m_id](const ReadRecord &record) {
        if (id == m_id)
            takeData(record.data, record.isJson);
    });
}

void RecordDetail::takeData(const std::optional<QByteArray> &bytes, bool isJson)
{
    if (!bytes) {
        m_hasProblem = true;
        m_content->showProblem(Problem::malformed(tr("The record cannot be read")));
        return;
    }
    m_loaded = m_id;
    m_view->setData(*bytes, isJson);
    if (m_facts->text().isEmpty())
        m_facts->setText(sizeText(bytes->size()));
    m_content->showContent();
    Q_EMIT loaded();
}

void RecordDetail::setTab(Tab tab) { m_tabs->setCurrentIndex(tab); }

void RecordDetail::startSearch()
{
    if (m_tabs->currentIndex() == PackagesTab)
        setTab(TextTab);
    m_view->startSearch();
}

void RecordDetail::refreshPackages() { m_packages->refresh(); }

} // namespace admin
