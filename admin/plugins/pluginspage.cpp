// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/pluginspage.h"

#include "plugins/installpanel.h"
#include "plugins/pluginactions.h"
#include "plugins/plugincards.h"
#include "plugins/plugindetail.h"
#include "plugins/pluginwords.h"
#include "ui/contentview.h"
#include "ui/emptystate.h"
#include "ui/messagestrip.h"
#include "ui/pageheader.h"

#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFileDialog>
#include <QJsonArray>
#include <QMimeData>
#include <QSplitter>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

const QString listPath = u"/admin/v1/plugins"_s;

QStringList pluginFiles(const QMimeData *data)
{
    QStringList files;
    for (const QUrl &url : data->urls()) {
        if (url.isLocalFile() && url.path().endsWith(u".so"_s))
            files += url.toLocalFile();
    }
    return files;
}

} // namespace

PluginsPage::PluginsPage(QWidget *parent)
    : Page(parent)
    , m_header(new PageHeader(title(), this))
    , m_strip(new MessageStrip(this))
    , m_panel(new InstallPanel(this))
    , m_cards(new PluginCards)
    , m_detail(new PluginDetail)
    , m_actions(new PluginActions(this))
    , m_install(new Command(u"plugins.install"_s, tr("Install\u2026"), u"upload"_s, Command::Effect::Changes, this))
{
    build();
    connectAll();
    offerInstall();
}

void PluginsPage::build()
{
    setAcceptDrops(true);
    m_install->setHelp(tr("Send a plugin file to the server; you can also drop it on the window"));
    m_install->setKeywords(tr("upload add .so"));
    for (Command *command : m_actions->commands())
        m_header->addCommand(command);
    m_header->addCommand(m_install, true);
    auto *splitter = new QSplitter;
    splitter->addWidget(m_cards);
    splitter->addWidget(m_detail);
    splitter->setStretchFactor(0, 2);
    splitter->setStretchFactor(1, 3);
    splitter->setChildrenCollapsible(false);
    auto *empty = new EmptyState(
        u"plugins"_s, tr("No plugins"),
        tr("A plugin adds routes and tasks. Drop its .so file here, or copy it into the plugin folder."));
    empty->addCommand(m_install);
    m_content = new ContentView(splitter, empty, this);
    m_strip->hide();

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(28, 24, 28, 24);
    layout->setSpacing(16);
    layout->addWidget(m_header);
    layout->addWidget(m_strip);
    layout->addWidget(m_panel);
    layout->addWidget(m_content, 1);
}

void PluginsPage::connectAll()
{
    connect(m_cards, &PluginCards::chosenChanged, this, [this] {
        m_detail->show(m_cards->chosen());
        m_actions->setPlugin(m_cards->chosen());
    });
    connect(m_install, &QAction::triggered, this, &PluginsPage::chooseFiles);
    connect(m_actions, &PluginActions::notice, this, &Page::notice);
    connect(m_actions, &PluginActions::failed, this, [this](const Problem &problem) { m_strip->tell(problem); });
    connect(m_actions, &PluginActions::changed, this, &PluginsPage::fetch);
    connect(m_content, &ContentView::retryRequested, this, &PluginsPage::fetch);
    connect(m_panel, &InstallPanel::settled, this, [this](const QString &id, const QString &outcome) {
        if (outcome == u"live"_s)
            Q_EMIT notice(tr("%1 is live").arg(id));
        if (!id.isEmpty())
            m_cards->choose(id);
        fetch();
    });
}

QString PluginsPage::id() const { return u"plugins"_s; }

QString PluginsPage::title() const { return tr("Plugins"); }

QString PluginsPage::iconName() const { return u"plugins"_s; }

bool PluginsPage::isOffered(const Endpoints &endpoints) const { return endpoints.exists(u"GET"_s, listPath); }

QList<Command *> PluginsPage::commands() const { return QList<Command *>{m_install} + m_actions->commands(); }

void PluginsPage::setSession(Session *session)
{
    if (m_session)
        m_session->disconnect(this);
    delete m_reply;
    m_session = session;
    m_isLoaded = false;
    m_cards->show({});
    m_panel->setSession(session);
    m_actions->setSession(session);
    m_uploadRefusal.clear();
    if (session) {
        connect(session, &Session::changed, this, [this](const QString &what) {
            if (what == u"plugins"_s)
                fetch();
        });
        connect(session, &Session::endpointsChanged, this, &PluginsPage::fetch);
    }
    offerInstall();
    fetch();
}

void PluginsPage::activated() { fetch(); }

void PluginsPage::open(const QJsonObject &what)
{
    QStringList files;
    for (const QJsonValue &file : what[u"install"_s].toArray())
        files += file.toString();
    if (!files.isEmpty())
        install(files);
    if (what.contains(u"id"_s))
        m_cards->choose(what[u"id"_s].toString());
}

// ---- What there is ------------------------------------------------------------------------------------------------

/// Also while the page is not shown: its badge is.
void PluginsPage::fetch()
{
    if (!m_session || !isOffered(m_session->endpoints()))
        return;
    if (m_reply) {
        m_isStale = true; // the answer under way may be of before
        return;
    }
    m_isStale = false;
    if (!m_isLoaded)
        m_content->showLoading();
    m_reply = m_session->api().get(listPath, {}, this);
    m_reply->then(this, [this](const ApiReply &reply) { take(reply); });
}

void PluginsPage::take(const ApiReply &reply)
{
    m_reply = nullptr;
    if (!reply.isOk()) {
        if (!m_isLoaded)
            m_content->showProblem(reply.problem());
        return;
    }
    const QJsonObject upload = reply.object()[u"upload"_s].toObject();
    m_uploadRefusal = upload[u"allowed"_s].toBool()
        ? QString()
        : upload[u"reason"_s].toString(tr("The server takes no plugin files (plugins.upload)"));
    show(reply.results());
    offerInstall();
    if (!std::exchange(m_isLoaded, true))
        Q_EMIT ready();
    if (m_isStale)
        fetch();
}

void PluginsPage::show(const QJsonArray &plugins)
{
    int live = 0;
    int bad = 0;
    for (const QJsonValue &plugin : plugins) {
        const QString state = plugin[u"state"_s].toString();
        live += state == u"live"_s;
        bad += pluginStateTone(state) == Tone::Bad;
    }
    m_cards->show(plugins);
    if (plugins.isEmpty())
        m_content->showEmpty();
    else
        m_content->showContent();
    m_header->setSubtitle(bad > 0 ? tr("%1 live, %2 out of service").arg(live).arg(bad) : tr("%1 live").arg(live));
    if (std::exchange(m_bad, bad) != bad)
        Q_EMIT badgeChanged();
}

// ---- New ones -----------------------------------------------------------------------------------------------------

void PluginsPage::offerInstall()
{
    const bool exists = m_session && m_session->endpoints().exists(u"POST"_s, listPath);
    m_install->setVisible(exists);
    if (exists && !m_session->endpoints().has(u"POST"_s, listPath))
        m_install->setPossible(false, tr("Your token may read only"));
    else
        m_install->setPossible(exists && m_uploadRefusal.isEmpty(), m_uploadRefusal);
}

void PluginsPage::chooseFiles()
{
    auto *dialog = new QFileDialog(this, tr("Install Plugins"), {}, tr("Plugins (*.so)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    connect(dialog, &QFileDialog::filesSelected, this, &PluginsPage::install);
    dialog->open();
}

void PluginsPage::install(const QStringList &files)
{
    if (const QString why = m_install->whyNot(); !why.isEmpty())
        return m_strip->tell(tr("Nothing was installed. %1").arg(why), Tone::Warning);
    m_panel->install(files);
}

void PluginsPage::dragEnterEvent(QDragEnterEvent *event)
{
    if (!pluginFiles(event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void PluginsPage::dropEvent(QDropEvent *event)
{
    event->acceptProposedAction();
    install(pluginFiles(event->mimeData()));
}

} // namespace admin
