// SPDX-License-Identifier: GPL-3.0-only
#include "overview/overviewpage.h"

#include "overview/chartcard.h"
#include "overview/checkscard.h"
#include "overview/processescard.h"
#include "ui/contentview.h"
#include "ui/emptystate.h"
#include "ui/pageheader.h"
#include "ui/times.h"

#include <QGridLayout>
#include <QJsonArray>
#include <QLocale>
#include <QVBoxLayout>

#include <cmath>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace admin {

namespace {

const auto serverPath = u"/admin/v1/server"_s, historyPath = u"/admin/v1/server/history"_s,
           workersPath = u"/admin/v1/workers"_s, countsPath = u"/admin/v1/tasks/counts"_s;

QString perSecond(double value)
{
    const bool isWhole = value == std::floor(value);
    return QLocale().toString(value, 'f', value < 10 && !isWhole ? 1 : 0);
}

QString microseconds(double value) { return durationText(static_cast<qint64>(value)); }

} // namespace

OverviewPage::OverviewPage(QWidget *parent)
    : Page(parent)
    , m_header(new PageHeader(title(), this))
    , m_rate(
          new ChartCard(tr("Requests/s"), {{tr("requests"), Tone::Info, true}, {tr("errors"), Tone::Bad}}, perSecond))
    , m_latency(new ChartCard(
          tr("Time to answer"),
          {{tr("p50"), Tone::Good}, {tr("p95"), Tone::Info}, {tr("p99"), Tone::Warning, false, true}}, microseconds))
    , m_tasks(new ChartCard(tr("Tasks/s"), {{tr("done"), Tone::Good, true}, {tr("failed"), Tone::Bad}}, perSecond))
    , m_connections(new ChartCard(tr("Connections"), {{tr("connections"), Tone::Info, true}}, perSecond))
    , m_checks(new ChecksCard)
    , m_processes(new ProcessesCard)
{
    m_connections->setLeastTop(4);
    auto *nothing = new EmptyState(u"overview"_s, tr("No figures"), tr("This server does not tell how it is."));
    m_content = new ContentView(buildCards(), nothing, this);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(28, 24, 28, 24);
    layout->setSpacing(16);
    layout->addWidget(m_header);
    layout->addWidget(m_content, 1);
    connect(m_content, &ContentView::retryRequested, this, &OverviewPage::fetchAll);
    m_slow.setInterval(5s);
    connect(&m_slow, &QTimer::timeout, this, [this] {
        fetchServer();
        fetchTasks();
        fetchWorkers();
    });
}

QWidget *OverviewPage::buildCards()
{
    auto *cards = new QWidget;
    auto *grid = new QGridLayout(cards);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(14);
    grid->addWidget(m_rate, 0, 0);
    grid->addWidget(m_latency, 0, 1);
    grid->addWidget(m_tasks, 1, 0);
    grid->addWidget(m_connections, 1, 1);
    grid->addWidget(m_checks, 0, 2);
    grid->addWidget(m_processes, 1, 2);
    grid->setColumnStretch(0, 5);
    grid->setColumnStretch(1, 5);
    grid->setColumnStretch(2, 4);
    m_checks->setMinimumWidth(200);
    grid->setRowStretch(0, 1);
    grid->setRowStretch(1, 1);
    return cards;
}

QString OverviewPage::id() const { return u"overview"_s; }

QString OverviewPage::title() const { return tr("Overview"); }

QString OverviewPage::iconName() const { return u"overview"_s; }

bool OverviewPage::isOffered(const Endpoints &endpoints) const { return endpoints.has(u"GET"_s, serverPath); }

void OverviewPage::setSession(Session *session)
{
    if (m_session)
        m_session->disconnect(this);
    delete m_requests; // ends what is under way
    m_requests = nullptr;
    m_asked.clear();
    m_session = session;
    m_figures.clear();
    m_counts = {};
    m_hasServer = false;
    m_header->setSubtitle({});
    m_checks->clear();
    m_processes->setWorkers({});
    m_content->showLoading();
    if (!session)
        return;
    m_requests = new QObject(this);
    connect(session, &Session::changed, this, &OverviewPage::follow);
    connect(session, &Session::endpointsChanged, this, &OverviewPage::fetchAll);
}

void OverviewPage::activated()
{
    m_isActive = true;
    m_slow.start();
    fetchAll();
}

void OverviewPage::deactivated()
{
    m_isActive = false;
    m_slow.stop();
}

void OverviewPage::follow(const QString &what, const QJsonObject &news)
{
    if (!m_isActive)
        return;
    if (what == u"server"_s && news.isEmpty()) {
        fetchHistory(); // no stream of events, or after a break
        fetchServer();
    } else if (what == u"server"_s) {
        m_figures.append(news);
        m_checks->setChecks(news[u"checks"_s].toArray());
        showFigures();
    } else if (what == u"workers"_s) {
        fetchWorkers();
    } else if (what == u"tasks"_s && news.contains(u"counts"_s)) {
        m_counts = news;
        showTasks();
    } else if (what == u"tasks"_s) {
        fetchTasks();
    }
}

void OverviewPage::fetchAll()
{
    if (!m_isActive)
        return;
    fetchServer();
    fetchHistory();
    fetchWorkers();
    fetchTasks();
}

void OverviewPage::fetchServer() { ask(serverPath, {}, &OverviewPage::takeServer); }

void OverviewPage::fetchHistory()
{
    ask(historyPath, {{u"seconds"_s, QString::number(Figures::kept)}}, &OverviewPage::takeHistory);
}

void OverviewPage::fetchWorkers() { ask(workersPath, {}, &OverviewPage::takeWorkers); }

void OverviewPage::fetchTasks() { ask(countsPath, {}, &OverviewPage::takeCounts); }

// One of a kind at a time: a slow server must not be asked more and more.
void OverviewPage::ask(const QString &path, const Query &query, void (OverviewPage::*taker)(const ApiReply &))
{
    if (!m_session || m_asked.contains(path) || !m_session->endpoints().has(u"GET"_s, path))
        return;
    m_asked << path;
    m_session->api().get(path, query, m_requests)->then(this, [this, path, taker](const ApiReply &reply) {
        m_asked.remove(path);
        (this->*taker)(reply);
    });
}

void OverviewPage::takeServer(const ApiReply &reply)
{
    if (!reply.isOk()) {
        if (!m_hasServer)
            m_content->showProblem(reply.problem());
        return;
    }
    const auto server = reply.object();
    m_checks->setServer(server);
    const auto processes = server[u"processes"_s].toObject();
    m_header->setSubtitle(tr("Quoin %1 on %2, up for %3, generation %4")
                              .arg(server[u"version"_s].toString(), server[u"host"_s].toString(),
                                   durationText(server[u"uptime_seconds"_s].toInteger() * 1'000'000))
                              .arg(processes[u"generation"_s].toInteger()));
    m_hasServer = true;
    m_content->showContent();
    if (isReady())
        Q_EMIT ready();
}

void OverviewPage::takeHistory(const ApiReply &reply)
{
    if (!reply.isOk())
        return; // the banner tells
    m_figures.load(reply.object());
    showFigures();
    if (isReady())
        Q_EMIT ready();
}

void OverviewPage::takeWorkers(const ApiReply &reply)
{
    if (reply.isOk())
        m_processes->setWorkers(reply.results());
}

void OverviewPage::takeCounts(const ApiReply &reply)
{
    if (!reply.isOk())
        return;
    m_counts = reply.object();
    showTasks();
}

void OverviewPage::showFigures()
{
    const auto errors = static_cast<qint64>(Figures::sum(m_figures.errors()));
    m_rate->setFigures({m_figures.requests(), m_figures.errors()});
    m_rate->setNow(perSecond(Figures::mean(m_figures.requests(), 10)),
                   errors == 0 ? tr("no errors in 5 min") : tr("%Ln error(s) in 5 min", nullptr, int(errors)));
    m_latency->setFigures({m_figures.whereAsked(m_figures.p50()), m_figures.whereAsked(m_figures.p95()),
                           m_figures.whereAsked(m_figures.p99())});
    if (const double p50 = m_figures.meanTime(m_figures.p50(), 10); p50 < 0)
        m_latency->setNow(u"–"_s, tr("nobody asks now"));
    else
        m_latency->setNow(microseconds(p50),
                          tr("p95 %1, p99 %2")
                              .arg(microseconds(m_figures.meanTime(m_figures.p95(), 10)),
                                   microseconds(m_figures.meanTime(m_figures.p99(), 10))));
    m_connections->setFigures({m_figures.connections()});
    m_connections->setNow(countText(static_cast<qint64>(Figures::last(m_figures.connections()))), tr("open now"));
    m_tasks->setFigures({m_figures.tasksDone(), m_figures.tasksFailed()});
    showTasks();
}

void OverviewPage::showTasks()
{
    const auto counts = m_counts[u"counts"_s].toObject();
    QStringList words;
    if (!counts.isEmpty())
        words << tr("%1 waiting").arg(countText(counts[u"ready"_s].toInteger() + counts[u"sent"_s].toInteger()));
    if (const QDateTime oldest = timeOf(m_counts[u"oldest_ready"_s].toString()); oldest.isValid())
        words << tr("the oldest %1")
                     .arg(durationText(std::max<qint64>(0, oldest.msecsTo(QDateTime::currentDateTime())) * 1000));
    if (const qint64 dead = counts[u"dead"_s].toInteger(); dead > 0)
        words << tr("%1 dead").arg(countText(dead));
    words << tr("%1 running")
                 .arg(countText(counts.isEmpty() ? static_cast<qint64>(Figures::last(m_figures.tasksRunning()))
                                                 : counts[u"running"_s].toInteger()));
    m_tasks->setNow(perSecond(Figures::mean(m_figures.tasksDone(), 10)), words.join(u", "_s));
}

} // namespace admin
