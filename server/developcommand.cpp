// SPDX-License-Identifier: GPL-3.0-only
#include "developcommand.h"

#include "buildwatch.h"
#include "plugincheck.h"
#include "pluginplace.h"
#include "pluginput.h"
#include "pluginverdict.h"
#include "signals.h"

#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QTextStream>
#include <QTime>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace quoin::server {

namespace {

constexpr auto patience = 15s; // for a server's verdict: a probe, a start and a roll

class Developer
{
public:
    Developer(const Settings &settings, QTextStream &out)
        : m_out(out)
        , m_place(PluginPlace::of(settings))
    {
    }

    QString pluginFolder() const { return m_place.folder(); }

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
        const PluginNews news(m_place, {name, plugin.sha256});
        if (const auto put = putPlugin(m_place.folder(), plugin); !put)
            return say(version, u"not installed: "_s + put.error().message());
        const auto verdict = awaitVerdict(m_place, patience, news);
        if (!verdict)
            return say(version, u"is installed (no server runs on this data.dir)"_s);
        say(QString(verdict->sentence).replace(u"\n  "_s, u"; "_s), u"(%1 ms)"_s.arg(timer.elapsed()));
    }

private:
    void say(const QString &who, const QString &what)
    {
        m_out << QTime::currentTime().toString(u"HH:mm:ss"_s) << ' ' << who << ' ' << what << Qt::endl;
    }

    QTextStream &m_out;
    const PluginPlace m_place;
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
