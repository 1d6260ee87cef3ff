// SPDX-License-Identifier: GPL-3.0-only
#include "log/logpage.h"

#include "log/auditview.h"
#include "log/logview.h"
#include "ui/pageheader.h"

#include <QActionGroup>
#include <QStackedWidget>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

const QString logPath = u"/admin/v1/log"_s;
const QString auditPath = u"/admin/v1/audit"_s;

} // namespace

LogPage::LogPage(QWidget *parent)
    : Page(parent)
    , m_header(new PageHeader(title(), this))
    , m_stack(new QStackedWidget(this))
    , m_views(new QActionGroup(this))
    , m_log(new LogView(this))
    , m_audit(new AuditView(this))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(28, 24, 28, 24);
    layout->setSpacing(16);
    layout->addWidget(m_header);
    layout->addWidget(m_stack, 1);
    m_showLog = addView(u"log.show.log"_s, tr("Log"), u"log"_s, m_log);
    m_showAudit = addView(u"log.show.audit"_s, tr("Audit"), u"audit"_s, m_audit);
    m_showLog->setChecked(true);
    const auto news = [this] {
        updateSubtitle();
        if (isReady())
            Q_EMIT ready();
    };
    connect(m_log, &LogView::changed, this, news);
    connect(m_audit, &AuditView::changed, this, news);
    connect(m_audit, &AuditView::logRequested, this, [this](const QString &id) { open({{u"request_id"_s, id}}); });
}

Command *LogPage::addView(const QString &id, const QString &text, const QString &icon, QWidget *view)
{
    m_stack->addWidget(view);
    auto *command = new Command(id, text, icon, Command::Effect::Looks, this);
    command->setCheckable(true);
    command->setHelp(tr("Show the %1").arg(text.toLower()));
    m_views->addAction(command);
    m_header->addCommand(command);
    connect(command, &QAction::toggled, this, [this, view](bool isChosen) {
        if (!isChosen)
            return;
        m_stack->setCurrentWidget(view);
        if (m_isActive)
            activated();
        updateSubtitle();
    });
    return command;
}

QString LogPage::id() const { return u"log"_s; }

QString LogPage::title() const { return tr("Log and Audit"); }

QString LogPage::iconName() const { return u"log"_s; }

bool LogPage::isOffered(const Endpoints &endpoints) const
{
    return endpoints.exists(u"GET"_s, logPath) || endpoints.exists(u"GET"_s, auditPath);
}

void LogPage::setSession(Session *session)
{
    if (m_session)
        m_session->disconnect(this);
    m_session = session;
    m_log->setSession(session);
    m_audit->setSession(session);
    if (session) {
        connect(session, &Session::changed, this, &LogPage::update);
        connect(session, &Session::endpointsChanged, this, [this] {
            m_audit->setSession(m_session);
            offerViews();
            if (m_isActive)
                activated();
        });
    }
    offerViews();
    updateSubtitle();
}

QList<Command *> LogPage::commands() const { return QList<Command *>{m_showLog, m_showAudit} + m_log->commands(); }

void LogPage::offerViews()
{
    const bool hasLog = m_session && m_session->endpoints().exists(u"GET"_s, logPath);
    const bool hasAudit = m_session && m_session->endpoints().exists(u"GET"_s, auditPath);
    m_showLog->setVisible(hasLog);
    m_showAudit->setVisible(hasAudit);
    if (!hasLog && hasAudit)
        m_showAudit->setChecked(true);
}

/// The news of each second are the moment to ask what was written in it.
void LogPage::update(const QString &what)
{
    if (!m_isActive)
        return;
    if (what == u"server"_s && m_stack->currentWidget() == m_log)
        m_log->follow();
    else if (what == u"audit"_s && m_stack->currentWidget() == m_audit)
        m_audit->refresh();
}

bool LogPage::isReady() const { return m_stack->currentWidget() == m_log ? m_log->isReady() : m_audit->isReady(); }

void LogPage::activated()
{
    m_isActive = true;
    if (m_stack->currentWidget() == m_log)
        m_log->follow();
    else
        m_audit->refresh();
}

void LogPage::deactivated() { m_isActive = false; }

void LogPage::open(const QJsonObject &what)
{
    if (what[u"view"_s] == u"audit"_s)
        m_showAudit->setChecked(true);
    if (what[u"view"_s] == u"log"_s || what.contains(u"request_id"_s))
        m_showLog->setChecked(true);
    if (what.contains(u"request_id"_s))
        m_log->showRequest(what[u"request_id"_s].toString());
}

void LogPage::updateSubtitle()
{
    m_header->setSubtitle(m_stack->currentWidget() == m_log ? m_log->subtitle() : m_audit->subtitle());
}

} // namespace admin
