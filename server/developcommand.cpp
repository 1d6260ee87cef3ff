// SPDX-License-Identifier: GPL-3.0-only
#include "developcommand.h"

#include "buildwatch.h"
#include "plugincheck.h"
#include "plugins/pluginrecords.h"
#include "signals.h"

#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>
#include <QTextStream>
#include <QTime>
#include <QTimer>

#include <csignal>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace quoin::server {

namespace {

constexpr auto patience = 15s; // for a server's verdict: a probe, a start and a roll

/// Whole or not at all, by a rename.
Result<> putInto(const QString &folder, const QString &name, const QString &source)
{
    QFile from(source);
    QSaveFile to(folder + u'/' + name);
    if (!from.open(QIODevice::ReadOnly))
        return Error::unavailable(u"%1 cannot be read: %2"_s.arg(source, from.errorString()));
    const QByteArray bytes = from.readAll();
    if (!to.open(QIODevice::WriteOnly) || to.write(bytes) != bytes.size()
        || !to.setPermissions(QFile::Permissions(0x6644)) || !to.commit())
        return Error::unavailable(u"%1 cannot be written: %2"_s.arg(to.fileName(), to.errorString()));
    return {};
}

QString named(const plugins::VersionFate &fate)
{
    QString text = plugins::stateName(fate.state);
    if (!fate.phase.isEmpty())
        text += u" at "_s + fate.phase;
    if (!fate.reason.isEmpty())
        text += u": "_s + fate.reason;
    if (!fate.remedy.isEmpty())
        text += u"; "_s + fate.remedy;
    return text;
}

bool isVerdict(plugins::PluginState state)
{
    using enum plugins::PluginState;
    return state == Live || state == Refused || state == Quarantined || state == RolledBack || state == Disabled;
}

/// What the server has decided about this very file; empty while it has not.
QString verdictOf(const plugins::HostStatus &status, const QString &id, const QByteArray &sha256)
{
    const auto *plugin = status.plugin(id);
    if (!plugin)
        return {};
    if (plugin->turnedAway && plugin->turnedAway->sha256 == sha256)
        return named(*plugin->turnedAway);
    if (plugin->current.sha256 == sha256 && isVerdict(plugin->current.state))
        return named(plugin->current);
    return {};
}

class Developer
{
public:
    Developer(const Settings &settings, QTextStream &out)
        : m_out(out)
        , m_plugins(settings.text(u"plugins.dir"_s))
        , m_store(QDir(settings.text(u"data.dir"_s)).absolutePath() + u"/plugin-store"_s)
    {
    }

    const QString &pluginFolder() const { return m_plugins; }

    void take(const QString &path)
    {
        QElapsedTimer timer;
        timer.start();
        const CheckedPlugin plugin = checkPluginFile(path);
        if (plugin.builtWith.isEmpty())
            return; // some other library of the project
        const QString name = QFileInfo(path).completeBaseName();
        if (plugin.refusal)
            return say(name,
                       u"not installed, "_s + plugins::phaseName(plugin.refusal->phase) + u": "_s
                           + plugin.refusal->reason + u"; "_s + plugin.refusal->remedy);
        const QString version = name + u' ' + plugin.metadata->version.toString();
        if (const auto put = putInto(m_plugins, name + u".so"_s, path); !put)
            return say(version, u"not installed: "_s + put.error().message());
        say(version, awaitVerdict(name, plugin.sha256).arg(timer.elapsed()));
    }

private:
    /// %1: how long it took.
    QString awaitVerdict(const QString &id, const QByteArray &sha256) const
    {
        const auto records = plugins::PluginRecords::open(m_store);
        const qint64 supervisor = records ? records->status().supervisor : 0;
        if (supervisor <= 0 || (::kill(static_cast<pid_t>(supervisor), 0) != 0 && errno == ESRCH))
            return u"installed (no server runs on this data.dir)"_s;
        QEventLoop loop;
        QTimer look;
        QString verdict;
        QObject::connect(&look, &QTimer::timeout, &loop, [&] {
            verdict = verdictOf(records->status(), id, sha256);
            if (!verdict.isEmpty())
                loop.quit();
        });
        look.start(20ms);
        QTimer::singleShot(patience, &loop, &QEventLoop::quit);
        QObject::connect(qApp, &QCoreApplication::aboutToQuit, &loop, &QEventLoop::quit);
        loop.exec();
        if (verdict.isEmpty())
            return u"installed, and the server has not decided in 15 s: see its log"_s;
        return verdict + u" (%1 ms)"_s;
    }

    void say(const QString &who, const QString &what)
    {
        m_out << QTime::currentTime().toString(u"HH:mm:ss"_s) << ' ' << who << ' ' << what << Qt::endl;
    }

    QTextStream &m_out;
    const QString m_plugins;
    const QString m_store;
};

} // namespace

int developPlugins(const QString &folder, const Settings &settings, QTextStream &out, QTextStream &err)
{
    Signals signalSource;
    const auto watch = BuildWatch::open(QDir::cleanPath(folder));
    if (!watch) {
        err << "quoin: " << watch.error().message() << Qt::endl;
        return 1;
    }
    Developer developer(settings, out);
    QObject::connect(watch->get(), &BuildWatch::built, watch->get(),
                     [&](const QString &path) { developer.take(path); });
    QObject::connect(&signalSource, &Signals::stopRequested, qApp, &QCoreApplication::quit);
    out << "watching " << folder << ", each plugin linked there goes to " << developer.pluginFolder()
        << "; Ctrl+C ends this" << Qt::endl;
    return QCoreApplication::exec();
}

} // namespace quoin::server
