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
#include <QEventLoop>
#include <QFileInfo>
#include <QTextStream>
#include <QTime>
#include <QTimer>

#include <optional>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace quoin::server {

namespace {

constexpr auto patience = 15s; // for a server's verdict: a probe, a start and a roll

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
        const plugins::VersionKey key{name, plugin.sha256};
        const PluginNews news(m_place, key);
        if (const auto put = putPlugin(m_place.folder(), plugin); !put)
            return say(version, u"not installed: "_s + put.error().message());
        say(version, awaitFate(key, news, timer));
    }

private:
    QString awaitFate(const plugins::VersionKey &key, const PluginNews &news, const QElapsedTimer &timer) const
    {
        const auto isRunning = [this] {
            const auto status = m_place.status();
            return status && PluginPlace::isRunning(*status);
        };
        if (!isRunning())
            return u"installed (no server runs on this data.dir)"_s;
        QEventLoop loop;
        QTimer look;
        std::optional<plugins::VersionFate> fate;
        QObject::connect(&look, &QTimer::timeout, &loop, [&] {
            const auto status = m_place.status();
            if (!status || !news(*status))
                return;
            fate = fateOf(key, *status);
            loop.quit();
        });
        look.start(20ms);
        QTimer::singleShot(patience, &loop, &QEventLoop::quit);
        loop.exec();
        if (!fate)
            return u"installed, and the server has not decided in 15 s: see its log"_s;
        return named(*fate) + u" (%1 ms)"_s.arg(timer.elapsed());
    }

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
